<?cs # Macros of record pages: one per Kind of part, and the frame around it. ?>

<?cs # --- table --- ?>

<?cs def:part_td(c, col) ?><td role="cell" class="<?cs
  if:col.Kind == "number" || col.Kind == "money" ?>tb-n <?cs elif:col.Kind == "time" ?>tb-nowrap <?cs /if ?><?cs
  if:string.length(col.Spot) ?>tb-<?cs var:col.Spot ?> <?cs /if ?><?cs
  if:string.length(c.Tone) ?>tb-tone-<?cs var:c.Tone ?><?cs /if ?>" data-label="<?cs var:col.Label ?>"<?cs
  call:if_none(c.Text) ?>><?cs call:cell(c, col.Kind) ?></td><?cs /def ?>

<?cs def:part_th(col) ?><?cs
  if:col.Kind == "number" || col.Kind == "money" ?><?cs call:th_n(col.Label) ?><?cs
  else ?><?cs call:th(col.Label) ?><?cs /if ?><?cs /def ?>

<?cs def:part_rows(p) ?><?cs call:table_open(p.Title, "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs each:col = p.Cols ?><?cs call:part_th(col) ?><?cs /each ?></tr></thead>
<tbody role="rowgroup">
<?cs each:row = p.Rows ?><tr role="row"<?cs if:row.IsGone ?> class="tb-gone"<?cs /if ?>><?cs
  each:c = row.Cells ?><?cs with:col = p.Cols[name(c)] ?><?cs call:part_td(c, col) ?><?cs /with ?><?cs /each ?></tr>
<?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs def:total(t) ?><div<?cs if:t.IsStrong ?> class="tb-tone-strong"<?cs /if ?>><dt><?cs var:t.Label ?><?cs
  if:string.length(t.Code) ?> <code><?cs var:t.Code ?></code><?cs /if ?></dt><dd><?cs
  if:string.length(t.Text) ?><?cs call:amount(t.Text, t.Unit, "") ?><?cs
  else ?><?cs call:no_value() ?><?cs /if ?></dd></div><?cs /def ?>

<?cs def:part_table(p) ?><?cs if:subcount(p.Rows) ?><?cs call:part_rows(p) ?><?cs /if ?>
<?cs if:subcount(p.Totals) ?><dl class="tb-totals">
<?cs each:t = p.Totals ?><?cs call:total(t) ?>
<?cs /each ?></dl><?cs /if ?><?cs /def ?>

<?cs # --- fields --- ?>

<?cs def:person(p) ?><p class="tb-person"><span class="tb-face" aria-hidden="true"><?cs var:p.Initials ?></span><span><?cs
  if:string.length(p.Href) ?><a href="<?cs var:p.Href ?>"><?cs var:p.Name ?></a><?cs
  else ?><b><?cs var:p.Name ?></b><?cs /if ?><?cs call:note(p.Note) ?></span></p><?cs /def ?>

<?cs def:part_fields(p) ?><div class="tb-body">
<?cs if:string.length(p.Person.Name) ?><?cs call:person(p.Person) ?><?cs /if ?>
<dl class="tb-fields">
<?cs each:f = p.Items ?><div><dt><?cs var:f.Label ?></dt><dd<?cs
  if:string.length(f.Tone) ?> class="tb-tone-<?cs var:f.Tone ?>"<?cs /if ?><?cs
  if:string.length(f.Title) && string.length(f.Href) == #0 ?> title="<?cs var:f.Title ?>"<?cs /if ?>><?cs
  call:cell(f, f.Kind) ?><?cs call:copy(f.Copy, f.Label) ?></dd></div>
<?cs /each ?></dl>
</div><?cs /def ?>

<?cs # --- addresses, states, timeline --- ?>

<?cs def:address(a) ?><div class="tb-address<?cs if:a.IsGone ?> tb-gone<?cs /if ?>">
<?cs call:copy(a.Copy, _("Address")) ?>
<?cs if:string.length(a.Label) ?><h3><?cs var:a.Label ?></h3><?cs /if ?>
<?cs if:subcount(a.Tags) || subcount(a.Badges) ?><p><?cs
  call:tags(a.Tags) ?><?cs
  each:b = a.Badges ?> <?cs call:badge(b.Kind, b.Text) ?><?cs /each ?></p><?cs /if ?>
<address><?cs each:l = a.Lines ?><span><?cs var:l ?></span><?cs /each ?><?cs
  if:string.length(a.PhoneHref) ?><span><a class="tb-in" href="<?cs var:a.PhoneHref ?>"><?cs var:a.Phone ?></a><?cs
    call:copy(a.Phone, _("Phone")) ?></span><?cs
  elif:string.length(a.Phone) ?><span class="tb-soft"><?cs var:a.Phone ?></span><?cs /if ?></address>
<?cs call:note(a.Note) ?>
<?cs if:subcount(a.Actions) ?><div class="tb-buttons tb-small-buttons"><?cs call:actions(a.Actions) ?></div><?cs /if ?>
</div>
<?cs /def ?>

<?cs def:part_addresses(p) ?><div class="tb-addresses">
<?cs each:a = p.Cards ?><?cs call:address(a) ?><?cs /each ?></div><?cs /def ?>

<?cs def:part_state(s) ?><li><?cs call:badge(s.Badge, s.Text) ?><?cs
  each:b = s.Badges ?> <?cs call:badge(b.Kind, b.Text) ?><?cs /each ?> <?cs
  if:string.length(s.Href) ?><a class="tb-in" href="<?cs var:s.Href ?>"><?cs var:s.Label ?></a><?cs
  else ?><?cs var:s.Label ?><?cs /if ?><?cs call:note(s.Note) ?></li>
<?cs /def ?>

<?cs def:part_states(p) ?><ul class="tb-body tb-states">
<?cs each:s = p.Items ?><?cs call:part_state(s) ?><?cs /each ?></ul><?cs /def ?>

<?cs def:entry(e) ?><li><span class="tb-dot"><?cs call:icon(e.Icon) ?></span>
<div><p><?cs if:string.length(e.Who) ?><b><?cs var:e.Who ?></b><?cs /if ?><?cs call:tags(e.Tags) ?> <?cs var:e.Text ?></p>
<?cs if:string.length(e.Quote) ?><p class="tb-quote"><?cs var:e.Quote ?></p><?cs /if ?></div>
<span class="tb-time"><?cs var:e.Time ?></span></li>
<?cs /def ?>

<?cs def:part_timeline(p) ?><ol class="tb-timeline">
<?cs each:e = p.Entries ?><?cs call:entry(e) ?><?cs /each ?></ol><?cs /def ?>

<?cs # --- history --- ?>

<?cs def:change(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Field ?></b></td>
<?cs call:text_td(_("Was"), r.Was, "") ?>
<?cs call:text_td(_("Became"), r.Became, "") ?>
<td role="cell" class="tb-nowrap" data-label="<?cs var:_("By") ?>"><?cs
  if:string.length(r.ByHref) ?><a href="<?cs var:r.ByHref ?>"><?cs var:r.By ?></a><?cs
  else ?><?cs var:r.By ?><?cs /if ?></td>
<?cs call:text_td(_("At"), r.At, "tb-nowrap") ?>
</tr>
<?cs /def ?>

<?cs def:part_history(p) ?><?cs if:subcount(p.Rows) ?><?cs call:table_open(p.Title, "tb-flow tb-history") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Field")) ?><?cs call:th(_("Was")) ?><?cs
  call:th(_("Became")) ?><?cs call:th(_("By")) ?><?cs call:th(_("At")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = p.Rows ?><?cs call:change(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /if ?><?cs /def ?>

<?cs # --- the frame of a part --- ?>

<?cs def:part_content(p) ?><?cs
  if:p.Kind == "table" ?><?cs call:part_table(p) ?><?cs
  elif:p.Kind == "fields" ?><?cs call:part_fields(p) ?><?cs
  elif:p.Kind == "addresses" ?><?cs call:part_addresses(p) ?><?cs
  elif:p.Kind == "states" ?><?cs call:part_states(p) ?><?cs
  elif:p.Kind == "timeline" ?><?cs call:part_timeline(p) ?><?cs
  elif:p.Kind == "history" ?><?cs call:part_history(p) ?><?cs
  /if ?><?cs /def ?>

<?cs def:part_tab(t) ?><a href="<?cs var:t.Href ?>"<?cs if:t.IsCurrent ?> aria-current="true"<?cs /if ?>><?cs
  var:t.Label ?><?cs
  if:string.length(t.Count) ?> <span class="tb-soft"><?cs var:t.Count ?></span><?cs /if ?></a><?cs /def ?>

<?cs def:part_tabs(p) ?><h2 class="visually-hidden"><?cs var:p.Title ?></h2>
<nav class="tb-tabs" aria-label="<?cs var:p.Title ?>"><?cs
  each:t = p.Tabs ?><?cs call:part_tab(t) ?><?cs /each ?></nav><?cs /def ?>

<?cs def:part_head(p) ?><div class="tb-card-head"><h2><?cs var:p.Title ?></h2><?cs
  if:string.length(p.Count) ?><span class="tb-soft"><?cs var:p.Count ?></span><?cs /if ?><?cs
  if:string.length(p.Note) ?><span class="tb-card-note"><?cs var:p.Note ?></span><?cs /if ?><?cs
  if:subcount(p.Actions) ?><div class="tb-buttons"><?cs call:actions(p.Actions) ?></div><?cs /if ?></div><?cs /def ?>

<?cs def:part_body(p) ?><?cs
  if:string.length(p.Locked) ?><p class="tb-body tb-locked"><?cs
    call:icon("locked") ?><span><?cs var:p.Locked ?></span></p><?cs
  elif:string.length(p.Text) ?><p class="tb-body tb-soft"><?cs var:p.Text ?></p><?cs
  else ?><?cs call:part_content(p) ?><?cs /if ?><?cs /def ?>

<?cs def:part_foot(p) ?><?cs if:subcount(p.Footer) ?><p class="tb-card-foot"><?cs
  each:f = p.Footer ?><?cs
    if:string.length(f.Href) ?><a href="<?cs var:f.Href ?>"><?cs var:f.Text ?></a><?cs
    else ?><span><?cs call:amount(f.Text, f.Unit, "") ?></span><?cs /if ?> <?cs /each ?></p><?cs /if ?><?cs /def ?>

<?cs def:folded(p) ?><details class="tb-folded"><summary class="tb-card-head"><h2><?cs var:p.Title ?></h2><span
  class="tb-soft"><?cs var:p.Count ?></span><?cs call:icon("down") ?></summary><?cs
  call:part_content(p) ?></details><?cs /def ?>

<?cs def:part(p) ?><section class="tb-card<?cs if:p.IsHalf ?> tb-half<?cs /if ?>" id="<?cs var:p.Id ?>">
<?cs if:p.IsFolded ?><?cs call:folded(p) ?><?cs
  else ?><?cs
    if:subcount(p.Tabs) ?><?cs call:part_tabs(p) ?><?cs else ?><?cs call:part_head(p) ?><?cs /if ?>
<?cs call:part_body(p) ?>
<?cs call:part_foot(p) ?><?cs /if ?>
</section>
<?cs /def ?>

<?cs def:parts(list) ?><?cs each:p = list ?><?cs call:part(p) ?><?cs /each ?><?cs /def ?>

<?cs # On a phone a record is long: links to its parts, with the counts that are short. ?>
<?cs def:section_link(p) ?><a href="#<?cs var:p.Id ?>"><?cs var:p.Title ?><?cs
  if:string.length(p.Count) && string.length(p.Count) < #7 ?> <span
  class="tb-soft"><?cs var:p.Count ?></span><?cs /if ?></a>
<?cs /def ?>

<?cs def:section_links(r) ?><nav class="tb-sections" aria-label="<?cs var:_("Sections") ?>">
<?cs each:p = r.Parts ?><?cs call:section_link(p) ?><?cs /each ?><?cs
  each:p = r.Aside ?><?cs call:section_link(p) ?><?cs /each ?></nav><?cs /def ?>
