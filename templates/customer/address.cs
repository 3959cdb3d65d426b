<?cs # One address of a customer's book. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/address.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?><?cs call:seen(Form.Seen) ?><?cs call:first_button(_("Save address")) ?>
<div class="tb-body tb-form">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:address_fields(Form) ?>
</div>
<?cs call:form_foot(Form, _("Save address")) ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
