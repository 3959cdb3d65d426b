<?cs # Create or edit a channel. Creating has no check and no entities yet: the form stands alone. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/channel.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:entity_choice(e) ?><label class="tb-check"><input class="form-check-input" type="checkbox" name="entity"
  value="<?cs var:e.Name ?>"<?cs if:e.IsChecked ?> checked<?cs /if ?><?cs
  if:e.IsFixed ?> disabled<?cs /if ?>><span><?cs var:e.Label ?><?cs call:note(e.Note) ?></span></label>
<?cs /def ?>

<?cs def:entity_choices(list) ?><?cs
  if:subcount(list) ?><fieldset class="tb-field" id="entity"><legend><?cs var:_("Entities") ?></legend>
<?cs each:e = list ?><?cs call:entity_choice(e) ?><?cs /each ?></fieldset><?cs /if ?><?cs /def ?>

<?cs # The labels are the data's own. ?>
<?cs def:integration_fields(f) ?>
<?cs call:text_field(f.name, "name", "", "text", "off") ?>
<?cs call:text_field(f.url, "url", "", "url", "off") ?>
<?cs call:check_field(f.allow_http, "allow_http", "") ?>
<div class="tb-cols">
<?cs call:text_field(f.api_user, "api_user", "", "text", "off") ?>
<?cs call:text_field(f.api_key, "api_key", "", "password", "new-password") ?>
<?cs call:text_field(f.basic_user, "basic_user", "", "text", "off") ?>
<?cs call:text_field(f.basic_password, "basic_password", "", "password", "new-password") ?>
<?cs call:select_field(f.wsi, "wsi", "") ?>
<?cs call:text_field(f.ca_file, "ca_file", "", "text", "off") ?>
</div>
<?cs /def ?>

<?cs def:reading_fields(f, entities) ?><div class="tb-cols">
<?cs call:select_field(f.website, "website", "") ?>
<?cs call:text_field(f.start_date, "start_date", "", "date", "off") ?>
</div>
<?cs call:entity_choices(entities) ?>
<?cs call:check_field(f.guest_sync, "guest_sync", "") ?>
<?cs call:text_field(f.shared_emails, "shared_emails", "", "text", "off") ?>
<?cs call:check_field(f.show_order_notes, "show_order_notes", "") ?>
<?cs call:text_field(f.admin_url, "admin_url", "", "url", "off") ?>
<?cs /def ?>

<?cs def:schedule_fields(f) ?><div class="tb-cols">
<?cs call:text_field(f.sync_interval_minutes, "sync_interval_minutes", "", "number", "off") ?>
<?cs call:text_field(f.page_size, "page_size", "", "number", "off") ?>
<?cs call:text_field(f.parallel, "parallel", "", "number", "off") ?>
<?cs call:text_field(f.requests_per_second, "requests_per_second", "", "number", "off") ?>
</div>
<?cs call:check_field(f.is_adaptive, "is_adaptive", "") ?>
<div class="tb-cols">
<?cs call:text_field(f.quiet_from, "quiet_from", "", "time", "off") ?>
<?cs call:text_field(f.quiet_to, "quiet_to", "", "time", "off") ?>
<?cs call:text_field(f.notice_minutes, "notice_minutes", "", "number", "off") ?>
</div>
<?cs /def ?>

<?cs # The two choices mean nothing without the switch: the style sheet hides them then. ?>
<?cs def:two_way_fields(f) ?>
<?cs call:check_field(f.two_way, "two_way", "") ?>
<div class="tb-form tb-if-two-way">
<?cs call:radio_field(f.priority, "priority", "") ?>
<?cs call:radio_field(f.push_mode, "push_mode", "") ?>
</div>
<?cs /def ?>

<?cs def:verify_fields(f) ?><div class="tb-cols">
<?cs call:text_field(f.verify_at, "verify_at", "", "time", "off") ?>
<?cs call:text_field(f.verify_days, "verify_days", "", "number", "off") ?>
<?cs call:text_field(f.verify_calls, "verify_calls", "", "number", "off") ?>
<?cs call:text_field(f.verify_seconds, "verify_seconds", "", "number", "off") ?>
</div>
<?cs call:check_field(f.verify_repairs, "verify_repairs", "") ?>
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
</div>
</section>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("What is read") ?></h2></div>
<div class="tb-body tb-form"><?cs call:reading_fields(Form.Fields, Form.Entities) ?></div>
</section>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Two-way and priority") ?></h2></div>
<div class="tb-body tb-form"><?cs call:two_way_fields(Form.Fields) ?></div>
</section>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Schedule and requests") ?></h2></div>
<div class="tb-body tb-form"><?cs call:schedule_fields(Form.Fields) ?></div>
</section>
<section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Completeness check") ?></h2></div>
<div class="tb-body tb-form"><?cs call:verify_fields(Form.Fields) ?></div>
<?cs if:string.length(Form.Id) ?><?cs call:form_foot(Form, _("Save changes")) ?><?cs
  else ?><?cs call:form_foot(Form, _("Create channel")) ?><?cs /if ?>
</section>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
