<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-alone" id="main" tabindex="-1">
<p class="tb-brand"><?cs call:icon("brand") ?><span>Tollbook</span></p>
<form class="tb-card tb-body tb-form" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?><input type="hidden" name="next" value="<?cs var:Login.Next ?>">
<div><h1><?cs var:_("Sign in") ?></h1>
<?cs if:string.length(Login.Shop) ?><p class="tb-soft"><?cs var:Login.Shop ?></p><?cs /if ?></div>
<?cs call:flashes() ?>
<?cs if:string.length(Login.Text) ?><div class="tb-notice tb-<?cs var:Login.TextKind ?>" role="alert"><?cs
  call:icon("bad") ?><div class="tb-notice-text"><?cs
  if:string.length(Login.TextTitle) ?><b><?cs var:Login.TextTitle ?></b> <?cs /if ?><?cs var:Login.Text ?></div></div><?cs /if ?>
<?cs call:text_field(Form.Fields.name, "name", _("Name"), "text", "username") ?>
<?cs call:text_field(Form.Fields.password, "password", _("Password"), "password", "current-password") ?>
<?cs if:subcount(Form.Fields.stay) ?><?cs
  call:check_field(Form.Fields.stay, "stay", _("Stay signed in on this device for 14 days")) ?><?cs /if ?>
<button class="btn btn-primary"><?cs var:_("Sign in") ?></button>
</form>
<p class="tb-alone-foot">Tollbook <?cs var:Page.Version ?><?cs if:string.length(Page.Help) ?> · <a class="tb-in" href="<?cs var:Page.Help ?>"><?cs var:_("Help") ?></a><?cs /if ?></p>
</main>
<?cs include!"parts/foot.cs" ?>
