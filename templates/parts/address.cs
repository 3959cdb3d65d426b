<?cs # Macros of an address's form. a: its Fields, Prefix (of the inputs' names) and StatesHref. ?>

<?cs # A state is one of the list where the store has one for the country, else a text. ?>
<?cs def:state_field(a) ?><div class="tb-field" id="<?cs var:a.Prefix ?>state"><?cs
  if:subcount(a.Fields.region_origin_id) ?><?cs
    call:select_field(a.Fields.region_origin_id, a.Prefix + "region_origin_id", "") ?><?cs
  else ?><?cs call:text_field(a.Fields.region, a.Prefix + "region", "", "text", "off") ?><?cs /if ?></div><?cs /def ?>

<?cs # The states follow the country at once where there is a script, else by the button. ?>
<?cs def:country_field(a) ?><div class="tb-field">
<label for="<?cs var:a.Prefix ?>country"><?cs var:a.Fields.country.Label ?></label>
<select class="form-select" id="<?cs var:a.Prefix ?>country" name="<?cs var:a.Prefix ?>country" autocomplete="off"
  hx-get="<?cs var:a.StatesHref ?>" hx-trigger="change" hx-target="#<?cs var:a.Prefix ?>state" hx-swap="outerHTML"<?cs
  call:field_state(a.Fields.country, a.Prefix + "country") ?>>
<?cs each:o = a.Fields.country.Options ?><option value="<?cs var:o.Value ?>"<?cs
  if:o.IsSelected ?> selected<?cs /if ?>><?cs var:o.Label ?></option>
<?cs /each ?></select>
<?cs call:field_notes(a.Fields.country, a.Prefix + "country") ?>
<noscript><button class="btn" name="again" value="1"><?cs var:_("Show the states of this country") ?></button></noscript></div>
<?cs /def ?>

<?cs def:address_fields(a) ?><div class="tb-cols">
<?cs call:text_field(a.Fields.firstname, a.Prefix + "firstname", "", "text", "off") ?>
<?cs call:text_field(a.Fields.lastname, a.Prefix + "lastname", "", "text", "off") ?>
</div>
<div class="tb-cols tb-three">
<?cs call:text_field(a.Fields.prefix, a.Prefix + "prefix", "", "text", "off") ?>
<?cs call:text_field(a.Fields.middlename, a.Prefix + "middlename", "", "text", "off") ?>
<?cs call:text_field(a.Fields.suffix, a.Prefix + "suffix", "", "text", "off") ?>
</div>
<?cs call:text_field(a.Fields.company, a.Prefix + "company", "", "text", "off") ?>
<?cs call:lines_field(a.Fields.street, a.Prefix + "street", "", "2") ?>
<div class="tb-cols">
<?cs call:text_field(a.Fields.postcode, a.Prefix + "postcode", "", "text", "off") ?>
<?cs call:text_field(a.Fields.city, a.Prefix + "city", "", "text", "off") ?>
<?cs call:country_field(a) ?>
<?cs call:state_field(a) ?>
<?cs call:text_field(a.Fields.telephone, a.Prefix + "telephone", "", "tel", "off") ?>
</div>
<div class="tb-cols">
<?cs call:check_field(a.Fields.is_default_billing, a.Prefix + "is_default_billing", "") ?>
<?cs call:check_field(a.Fields.is_default_shipping, a.Prefix + "is_default_shipping", "") ?>
</div>
<?cs /def ?>
