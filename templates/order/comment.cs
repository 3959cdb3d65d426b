<?cs # A comment on an order, for the store's staff or mailed to the customer. ?>
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
<?cs call:lines_field(Form.Fields.comment, "comment", "", "6") ?>
<?cs call:fixed_field(_("Customer's email"), Form.To) ?>
<?cs call:check_field(Form.Fields.notify, "notify", "") ?>
</div>
<?cs call:form_foot(Form, _("Add comment")) ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
