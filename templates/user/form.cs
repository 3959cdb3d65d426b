<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:person_fields(f) ?><div class="tb-cols">
<?cs call:text_field(f.name, "name", _("Name, for signing in"), "text", "off") ?>
<?cs if:subcount(f.full_name) ?><?cs call:text_field(f.full_name, "full_name", _("Full name"), "text", "off") ?><?cs /if ?>
<?cs if:subcount(f.email) ?><?cs call:text_field(f.email, "email", _("Email"), "email", "off") ?><?cs /if ?>
</div>
<?cs call:radio_field(f.role, "role", _("Role")) ?>
<?cs if:subcount(f.language) || subcount(f.zone) ?><div class="tb-cols">
<?cs if:subcount(f.language) ?><?cs call:select_field(f.language, "language", _("Language")) ?><?cs /if ?>
<?cs if:subcount(f.zone) ?><?cs call:select_field(f.zone, "zone", _("Time zone")) ?><?cs /if ?>
</div><?cs /if ?>
<?cs /def ?>

<?cs def:password_fields(f) ?><div class="tb-cols">
<?cs call:text_field(f.password, "password", _("Password"), "password", "new-password") ?>
<?cs call:text_field(f.password2, "password2", _("Password again"), "password", "new-password") ?>
</div>
<?cs /def ?>

<?cs def:password_form(p) ?><form class="tb-card" method="post" action="<?cs var:p.Action ?>">
<?cs call:csrf() ?>
<div class="tb-card-head"><h2><?cs var:_("Set password") ?></h2></div>
<div class="tb-body tb-form">
<?cs call:form_errors(p.Errors) ?>
<?cs call:password_fields(p.Fields) ?>
</div>
<?cs call:plain_foot(_("This person is signed out everywhere"), _("Set password")) ?>
</form><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?>
<div class="tb-body tb-form">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:person_fields(Form.Fields) ?>
<?cs if:subcount(Form.Fields.password) ?><?cs call:password_fields(Form.Fields) ?><?cs /if ?>
</div>
<?cs if:string.length(Password.Action) ?><?cs call:form_foot(Form, _("Save changes")) ?><?cs
  else ?><?cs call:form_foot(Form, _("Add user")) ?><?cs /if ?>
</form>
<?cs if:string.length(Password.Action) ?><?cs call:password_form(Password) ?><?cs /if ?>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
