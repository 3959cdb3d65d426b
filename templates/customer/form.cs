<?cs # Create or edit a customer. A new one may bring addresses; those of an old one have pages of their own. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/address.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:store_part(form) ?><section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Store") ?></h2></div>
<div class="tb-body tb-form">
<?cs call:form_errors(form.Errors) ?>
<div class="tb-cols">
<?cs call:fixed_field(_("Channel"), form.Channel) ?>
<?cs if:subcount(form.Fields.store_origin_id) ?><?cs
  call:select_field(form.Fields.store_origin_id, "store_origin_id", "") ?><?cs
  else ?><?cs call:fixed_field(_("Store view"), form.Store) ?><?cs /if ?>
<?cs call:select_field(form.Fields.group_origin_id, "group_origin_id", "") ?>
</div>
</div>
</section><?cs /def ?>

<?cs def:person_part(f) ?><section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Person") ?></h2></div>
<div class="tb-body tb-form">
<div class="tb-cols">
<?cs call:text_field(f.firstname, "firstname", "", "text", "off") ?>
<?cs call:text_field(f.lastname, "lastname", "", "text", "off") ?>
</div>
<?cs call:text_field(f.email, "email", "", "email", "off") ?>
<div class="tb-cols tb-three">
<?cs call:text_field(f.prefix, "prefix", "", "text", "off") ?>
<?cs call:text_field(f.middlename, "middlename", "", "text", "off") ?>
<?cs call:text_field(f.suffix, "suffix", "", "text", "off") ?>
</div>
<div class="tb-cols">
<?cs call:text_field(f.dob, "dob", "", "date", "off") ?>
<?cs call:select_field(f.gender, "gender", "") ?>
<?cs call:text_field(f.taxvat, "taxvat", "", "text", "off") ?>
<?cs if:subcount(f.password) ?><?cs call:text_field(f.password, "password", "", "password", "new-password") ?><?cs /if ?>
</div>
</div>
<?cs /def ?>

<?cs def:new_address(a) ?><section class="tb-card">
<div class="tb-card-head"><h2><?cs var:a.Title ?></h2><div class="tb-buttons"><button class="btn" name="remove"
  value="<?cs var:a.Number ?>" formnovalidate><?cs call:icon("delete") ?><span><?cs var:_("Remove") ?><span
  class="visually-hidden">: <?cs var:a.Title ?></span></span></button></div></div>
<div class="tb-body tb-form"><?cs call:address_fields(a) ?></div>
</section>
<?cs /def ?>

<?cs def:new_foot(form) ?><section class="tb-card"><div class="tb-form-foot"><div class="tb-buttons"><?cs
  if:form.IsFull ?><span class="tb-hint"><?cs var:_("More addresses are added on the customer's page") ?></span><?cs
  else ?><button class="btn" name="add" value="1" formnovalidate><?cs call:icon("add") ?><span><?cs
    if:form.Count == "0" ?><?cs var:_("Add an address") ?><?cs
    else ?><?cs var:_("Add another address") ?><?cs /if ?></span></button><?cs /if ?></div>
<div class="tb-buttons"><a class="btn tb-ghost" href="<?cs var:form.Cancel ?>"><?cs
  var:_("Cancel") ?></a><button class="btn btn-primary"><?cs var:_("Create customer") ?></button></div></div></section><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-stack" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?><?cs call:seen(Form.Seen) ?>
<?cs if:string.length(Form.Id) ?><?cs call:first_button(_("Save changes")) ?><?cs
  else ?><?cs call:first_button(_("Create customer")) ?>
<input type="hidden" name="channel" value="<?cs var:Form.ChannelId ?>">
<input type="hidden" name="count" value="<?cs var:Form.Count ?>"><?cs /if ?>
<?cs call:store_part(Form) ?>
<?cs call:person_part(Form.Fields) ?>
<?cs if:string.length(Form.Id) ?><?cs call:form_foot(Form, _("Save changes")) ?><?cs /if ?>
</section>
<?cs each:a = Form.Addresses ?><?cs call:new_address(a) ?><?cs /each ?>
<?cs if:string.length(Form.Id) == #0 ?><?cs call:new_foot(Form) ?><?cs /if ?>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
