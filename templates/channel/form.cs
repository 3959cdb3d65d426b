<?cs # Create or edit a channel. Creating has no check and no entities yet: the form stands alone. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/channel.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs # Fields that are not due for this channel are not in the data, and not drawn. ?>
<?cs def:maybe_text(f, id, label, type) ?><?cs
  if:subcount(f) ?><?cs call:text_field(f, id, label, type, "off") ?><?cs /if ?><?cs /def ?>

<?cs def:maybe_select(f, id, label) ?><?cs
  if:subcount(f) ?><?cs call:select_field(f, id, label) ?><?cs /if ?><?cs /def ?>

<?cs def:maybe_check(f, id, label) ?><?cs
  if:subcount(f) ?><?cs call:check_field(f, id, label) ?><?cs /if ?><?cs /def ?>

<?cs def:entity_choice(e) ?><label class="tb-check"><input class="form-check-input" type="checkbox" name="entity"
  value="<?cs var:e.Name ?>"<?cs if:e.IsChecked ?> checked<?cs /if ?><?cs
  if:e.IsFixed ?> disabled<?cs /if ?>><span><?cs var:e.Label ?><?cs call:note(e.Note) ?></span></label>
<?cs /def ?>

<?cs def:entity_choices(list) ?><?cs
  if:subcount(list) ?><fieldset class="tb-field" id="entity"><legend><?cs var:_("Entities") ?></legend>
<?cs each:e = list ?><?cs call:entity_choice(e) ?><?cs /each ?></fieldset><?cs /if ?><?cs /def ?>

<?cs def:integration_fields(f) ?>
<?cs call:text_field(f.name, "name", _("Name"), "text", "off") ?>
<?cs if:subcount(f.type) ?><?cs call:radio_field(f.type, "type", _("Kind of store")) ?><?cs /if ?>
<?cs call:text_field(f.url, "url", _("Store address"), "url", "off") ?>
<div class="tb-cols">
<?cs call:text_field(f.user, "user", _("API user"), "text", "off") ?>
<?cs call:text_field(f.key, "key", _("New API key"), "password", "new-password") ?>
<?cs call:maybe_select(f.website, "website", _("Website")) ?>
<?cs call:maybe_text(f.start_date, "start_date", _("Sync start date"), "date") ?>
</div>
<?cs call:maybe_text(f.split_names, "split_names", _("Split guests by full name"), "text") ?>
<div>
<?cs call:maybe_check(f.guests, "guests", _("Merge guests into one customer per email")) ?>
<?cs call:maybe_check(f.wsi, "wsi", _("WS-I compliance mode")) ?>
<?cs call:maybe_check(f.insecure, "insecure", _("Allow an address without encryption")) ?>
</div>
<?cs /def ?>

<?cs def:schedule_fields(f) ?><div class="tb-cols">
<?cs call:maybe_select(f.interval, "interval", _("Run every")) ?>
<?cs call:maybe_text(f.timeout, "timeout", _("Time-out of a request, in seconds"), "text") ?>
<?cs call:maybe_text(f.page_size, "page_size", _("Records in a request"), "text") ?>
<?cs call:maybe_text(f.ca_file, "ca_file", _("CA file"), "text") ?>
</div>
<?cs call:maybe_text(f.admin_url, "admin_url", _("Address of the store's admin"), "url") ?>
<?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<div class="<?cs if:subcount(Check) ?>tb-two<?cs else ?>tb-forms<?cs /if ?>">
<?cs if:subcount(Check) ?><div class="tb-stack">
<?cs call:check_card(Check) ?>
<?cs call:entities_card(Entities) ?>
</div><?cs /if ?>
<form class="tb-stack" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Integration") ?></h2></div>
<div class="tb-body tb-form">
<?cs call:form_errors(Form.Errors) ?>
<?cs call:integration_fields(Form.Fields) ?>
<?cs call:entity_choices(Form.Entities) ?>
</div>
</section>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Schedule and requests") ?></h2></div>
<div class="tb-body tb-form"><?cs call:schedule_fields(Form.Fields) ?></div>
<?cs if:string.length(Form.Id) ?><?cs call:form_foot(Form, _("Save changes")) ?><?cs
  else ?><?cs call:form_foot(Form, _("Create channel")) ?><?cs /if ?>
</section>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
