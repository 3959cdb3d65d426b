<?cs # Macros of forms. A field's label is the data's own where it has one, else the template's. ?>

<?cs def:field_label(f, label) ?><?cs
  if:string.length(f.Label) ?><?cs var:f.Label ?><?cs else ?><?cs var:label ?><?cs /if ?><?cs /def ?>

<?cs # The hint and the error that belong to an input, by their ids. ?>
<?cs def:described_by(f, id) ?><?cs if:string.length(f.Error) || string.length(f.Hint) ?> aria-describedby="<?cs
  if:string.length(f.Error) ?>e-<?cs var:id ?> <?cs /if ?>h-<?cs var:id ?>"<?cs /if ?><?cs /def ?>

<?cs def:field_state(f, id) ?><?cs call:described_by(f, id) ?><?cs
  if:string.length(f.Error) || f.IsWrong ?> aria-invalid="true"<?cs /if ?><?cs
  if:f.IsDisabled ?> disabled<?cs /if ?><?cs /def ?>

<?cs def:field_notes(f, id) ?><?cs
  if:string.length(f.Error) ?><p class="tb-error" id="e-<?cs var:id ?>"><?cs
    call:icon("bad") ?><span><?cs var:f.Error ?></span></p><?cs /if ?><?cs
  if:string.length(f.Hint) ?><p class="tb-hint" id="h-<?cs var:id ?>"><?cs var:f.Hint ?></p><?cs /if ?><?cs /def ?>

<?cs def:text_field(f, id, label, type, complete) ?><div class="tb-field">
<label for="<?cs var:id ?>"><?cs call:field_label(f, label) ?></label>
<input class="form-control" id="<?cs var:id ?>" name="<?cs var:id ?>" type="<?cs var:type ?>"
  value="<?cs var:f.Value ?>" autocomplete="<?cs var:complete ?>"<?cs
  if:string.length(f.Placeholder) ?> placeholder="<?cs var:f.Placeholder ?>"<?cs /if ?><?cs
  call:field_state(f, id) ?>>
<?cs call:field_notes(f, id) ?></div>
<?cs /def ?>

<?cs # Several lines of text: a street, a comment. ?>
<?cs def:lines_field(f, id, label, rows) ?><div class="tb-field">
<label for="<?cs var:id ?>"><?cs call:field_label(f, label) ?></label>
<textarea class="form-control" id="<?cs var:id ?>" name="<?cs var:id ?>" rows="<?cs var:rows ?>" autocomplete="off"<?cs
  call:field_state(f, id) ?>><?cs var:f.Value ?></textarea>
<?cs call:field_notes(f, id) ?></div>
<?cs /def ?>

<?cs # What cannot be changed: a label and a text. ?>
<?cs def:fixed_field(label, text) ?><div class="tb-field"><span class="tb-fixed-label"><?cs
  var:label ?></span><span class="tb-fixed"><?cs
  if:string.length(text) ?><?cs var:text ?><?cs else ?><?cs call:no_value() ?><?cs /if ?></span></div>
<?cs /def ?>

<?cs # The button that Enter presses, ahead of those that only change the form. ?>
<?cs def:first_button(label) ?><button class="visually-hidden" tabindex="-1" aria-hidden="true"><?cs
  var:label ?></button><?cs /def ?>

<?cs def:select_field(f, id, label) ?><div class="tb-field">
<label for="<?cs var:id ?>"><?cs call:field_label(f, label) ?></label>
<select class="form-select" id="<?cs var:id ?>" name="<?cs var:id ?>"<?cs call:field_state(f, id) ?>>
<?cs each:o = f.Options ?><option value="<?cs var:o.Value ?>"<?cs
  if:o.IsSelected ?> selected<?cs /if ?><?cs if:o.IsDisabled ?> disabled<?cs /if ?>><?cs var:o.Label ?></option>
<?cs /each ?></select>
<?cs call:field_notes(f, id) ?></div>
<?cs /def ?>

<?cs def:check_field(f, id, label) ?><div class="tb-field">
<label class="tb-check"><input class="form-check-input" type="checkbox" id="<?cs var:id ?>" name="<?cs var:id ?>"
  value="1"<?cs if:f.IsChecked ?> checked<?cs /if ?><?cs call:field_state(f, id) ?>><span><?cs
  call:field_label(f, label) ?></span></label>
<div class="tb-under-check"><?cs call:field_notes(f, id) ?></div></div>
<?cs /def ?>

<?cs def:radio(f, id, o) ?><label class="tb-check"><input class="form-check-input" type="radio" name="<?cs var:id ?>"
  value="<?cs var:o.Value ?>"<?cs if:o.IsSelected ?> checked<?cs /if ?><?cs
  if:o.IsDisabled || f.IsDisabled ?> disabled<?cs /if ?>><span><?cs var:o.Label ?><?cs call:note(o.Hint) ?></span></label>
<?cs /def ?>

<?cs def:radio_field(f, id, label) ?><fieldset class="tb-field" id="<?cs var:id ?>" tabindex="-1"<?cs
  call:described_by(f, id) ?>>
<legend><?cs call:field_label(f, label) ?></legend>
<?cs each:o = f.Options ?><?cs call:radio(f, id, o) ?><?cs /each ?><?cs call:field_notes(f, id) ?></fieldset>
<?cs /def ?>

<?cs def:error_link(e) ?><?cs
  if:string.length(e.Field) ?><a class="tb-in" href="#<?cs var:e.Field ?>"><?cs var:e.Label ?></a><?cs
    if:!last(e) ?>,<?cs /if ?><?cs
  else ?><?cs var:e.Text ?><?cs /if ?><?cs /def ?>

<?cs # What could not be saved, each field as a link. The script moves the focus here. ?>
<?cs def:form_errors(errors) ?><?cs
  if:subcount(errors) ?><div class="tb-notice tb-bad" role="alert" id="errors" tabindex="-1"><?cs call:icon("bad") ?>
<div class="tb-notice-text"><b><?cs
  if:string.length(Form.ErrorTitle) ?><?cs var:Form.ErrorTitle ?><?cs else ?><?cs var:_("Not saved:") ?><?cs /if ?></b><?cs
  each:e = errors ?> <?cs call:error_link(e) ?><?cs /each ?></div></div><?cs /if ?><?cs /def ?>

<?cs def:form_foot(form, label) ?><div class="tb-form-foot"><?cs
  if:string.length(form.Note) ?><span class="tb-hint"><?cs var:form.Note ?></span><?cs /if ?>
<div class="tb-buttons"><?cs
  if:string.length(form.Cancel) ?><a class="btn tb-ghost" href="<?cs var:form.Cancel ?>"><?cs
    var:_("Cancel") ?></a><?cs /if ?><button class="btn btn-primary"><?cs var:label ?></button></div></div><?cs /def ?>

<?cs # The foot of a form whose button is not the page's first: a grey sentence, a plain button. ?>
<?cs def:plain_foot(note, label) ?><div class="tb-form-foot"><?cs
  if:string.length(note) ?><span class="tb-hint"><?cs var:note ?></span><?cs /if ?>
<div class="tb-buttons"><button class="btn"><?cs var:label ?></button></div></div><?cs /def ?>
