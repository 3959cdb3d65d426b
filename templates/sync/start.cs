<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?>
<div class="tb-body tb-form">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:select_field(Form.Fields.channel, "channel", _("Channel")) ?>
<?cs call:radio_field(Form.Fields.kind, "kind", _("What to read")) ?>
<?cs if:subcount(Form.Fields.entity) ?><?cs call:select_field(Form.Fields.entity, "entity", _("Entity")) ?><?cs /if ?>
</div>
<?cs call:form_foot(Form, _("Start run")) ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
