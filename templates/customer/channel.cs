<?cs # The first question for a new customer, where several channels take some. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" action="<?cs var:Form.Action ?>">
<div class="tb-body tb-form"><?cs call:select_field(Form.Fields.channel, "channel", "") ?></div>
<?cs call:form_foot(Form, _("Go on")) ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
