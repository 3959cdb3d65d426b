<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:settings_form(f) ?><form class="tb-card" method="post" action="<?cs var:Form.Actions.Settings ?>">
<?cs call:csrf() ?>
<div class="tb-card-head"><h2><?cs var:_("Settings") ?></h2></div>
<div class="tb-body tb-form">
<div class="tb-cols">
<?cs call:select_field(f.theme, "theme", _("Theme")) ?>
<?cs call:select_field(f.language, "language", _("Language")) ?>
<?cs call:select_field(f.zone, "zone", _("Time zone")) ?>
<?cs if:subcount(f.page_size) ?><?cs call:select_field(f.page_size, "page_size", _("Rows per page")) ?><?cs /if ?>
</div>
<?cs if:subcount(f.keys) ?><?cs call:check_field(f.keys, "keys", _("Keyboard shortcuts")) ?><?cs /if ?>
</div>
<?cs call:form_foot(Form, _("Save settings")) ?>
</form><?cs /def ?>

<?cs def:password_form(f) ?><form class="tb-card" method="post" action="<?cs var:Form.Actions.Password ?>">
<?cs call:csrf() ?>
<div class="tb-card-head"><h2><?cs var:_("Password") ?></h2></div>
<div class="tb-body tb-form">
<?cs call:text_field(f.old_password, "old_password", _("Present password"), "password", "current-password") ?>
<div class="tb-cols">
<?cs call:text_field(f.new_password, "new_password", _("New password"), "password", "new-password") ?>
<?cs call:text_field(f.new_password2, "new_password2", _("New password again"), "password", "new-password") ?>
</div>
</div>
<?cs call:plain_foot(_("All other devices are signed out"), _("Change password")) ?>
</form><?cs /def ?>

<?cs def:sessions_form() ?><form class="tb-card" method="post" action="<?cs var:Form.Actions.Sessions ?>">
<?cs call:csrf() ?>
<div class="tb-card-head"><h2><?cs var:_("Devices") ?></h2></div>
<?cs call:plain_foot(Form.Sessions, _("Sign out everywhere")) ?>
</form><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Page.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:settings_form(Form.Fields) ?>
<?cs call:password_form(Form.Fields) ?>
<?cs if:string.length(Form.Actions.Sessions) ?><?cs call:sessions_form() ?><?cs /if ?>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
