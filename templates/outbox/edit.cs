<?cs # The new value of one field of a change, by the field's kind. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:value_field(form) ?><?cs
  if:form.Kind == "select" ?><?cs call:select_field(form.Fields.value, "value", "") ?><?cs
  elif:form.Kind == "check" ?><?cs call:check_field(form.Fields.value, "value", "") ?><?cs
  elif:form.Kind == "lines" ?><?cs call:lines_field(form.Fields.value, "value", "", "3") ?><?cs
  else ?><?cs call:text_field(form.Fields.value, "value", "", form.Kind, "off") ?><?cs /if ?><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?><?cs call:seen(Form.Seen) ?>
<input type="hidden" name="field" value="<?cs var:Form.Field ?>">
<div class="tb-body tb-form">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:value_field(Form) ?>
<div class="tb-cols"><?cs call:fixed_field(_("Before"), Form.Before) ?><?cs
  call:fixed_field(_("Store"), Form.Store) ?></div>
</div>
<?cs call:form_foot(Form, _("Save")) ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
