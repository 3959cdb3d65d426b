<?cs # Macros of a statement of completeness: its tables. ?>

<?cs def:tone_td(label, d, class) ?><td role="cell" class="tb-n <?cs var:class ?><?cs
  if:string.length(d.Tone) ?> tb-tone-<?cs var:d.Tone ?><?cs /if ?>" data-label="<?cs var:label ?>"<?cs
  call:if_none(d.Text) ?>><?cs
  if:string.length(d.Href) ?><a href="<?cs var:d.Href ?>"><?cs var:d.Text ?></a><?cs
  elif:string.length(d.Text) ?><?cs var:d.Text ?><?cs else ?><?cs call:no_value() ?><?cs /if ?></td><?cs /def ?>

<?cs def:sum_tds(r) ?><td role="cell" class="tb-n tb-group" data-label="<?cs var:_("Sum, store") ?>"<?cs
  call:if_none(r.SumStore) ?>><?cs
  if:string.length(r.SumStore) ?><?cs call:amount(r.SumStore, r.Currency, "") ?><?cs
  else ?><?cs call:no_value() ?><?cs /if ?></td>
<?cs call:text_td(_("Sum, Tollbook"), r.SumHere, "tb-n") ?>
<?cs call:tone_td(_("Sum, difference"), r.SumDifference, "") ?><?cs /def ?>

<?cs # A further currency of the entity above it. ?>
<?cs def:more_line(r) ?><tr role="row" class="tb-more-line">
<td role="cell"></td><td role="cell" class="tb-group"></td><td role="cell"></td><td role="cell"></td>
<?cs call:sum_tds(r) ?>
<td role="cell" class="tb-group"></td><td role="cell"></td><td role="cell"></td><td role="cell"></td>
<td role="cell" class="tb-group"></td>
</tr>
<?cs /def ?>

<?cs def:statement_line(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Label ?></b><?cs
  if:string.length(r.NoteHref) ?><a class="tb-note" href="<?cs var:r.NoteHref ?>"><?cs var:r.Note ?></a><?cs
  else ?><?cs call:note(r.Note) ?><?cs /if ?></td>
<?cs call:text_td(_("Store"), r.Store, "tb-n tb-group") ?>
<?cs call:text_td(_("Tollbook"), r.Here, "tb-n") ?>
<?cs call:tone_td(_("Difference"), r.Difference, "") ?>
<?cs call:sum_tds(r) ?>
<?cs call:tone_td(_("Missing"), r.Missing, "tb-group") ?>
<?cs call:tone_td(_("Extra"), r.Extra, "") ?>
<?cs call:tone_td(_("Stale"), r.Stale, "") ?>
<?cs call:tone_td(_("Differs"), r.Different, "") ?>
<td role="cell" class="tb-trail tb-group"><?cs call:badge(r.Badge, r.State) ?></td>
</tr>
<?cs /def ?>

<?cs def:group_th(label, columns) ?><th role="columnheader" scope="colgroup" colspan="<?cs var:columns ?>" class="tb-group tb-group-head"><?cs
  var:label ?></th><?cs /def ?>

<?cs def:statement_card(v) ?><section class="tb-card tb-statement" id="statement">
<div class="tb-card-head"><h2><?cs var:_("Per entity") ?></h2></div>
<?cs call:table_open(_("Per entity"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col" rowspan="2"><?cs var:_("Entity") ?></th><?cs
  call:group_th(_("Records"), "3") ?><?cs call:group_th(_("Grand total, base currency"), "3") ?><?cs
  call:group_th(_("By id and update time"), "4") ?><th role="columnheader" scope="col" rowspan="2" class="tb-group"><?cs
  var:_("Verdict") ?></th></tr>
<tr role="row"><th role="columnheader" scope="col" class="tb-n tb-group"><?cs var:_("Store") ?></th><?cs
  call:th_n(_("Tollbook")) ?><?cs call:th_n(_("Difference")) ?><th role="columnheader" scope="col" class="tb-n tb-group"><?cs
  var:_("Store") ?></th><?cs call:th_n(_("Tollbook")) ?><?cs call:th_n(_("Difference")) ?><th
  role="columnheader" scope="col" class="tb-n tb-group"><?cs var:_("Missing") ?></th><?cs
  call:th_n(_("Extra")) ?><?cs call:th_n(_("Stale")) ?><?cs call:th_n(_("Differs")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = v.Lines ?><?cs
  if:r.IsMore ?><?cs call:more_line(r) ?><?cs else ?><?cs call:statement_line(r) ?><?cs /if ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<p class="tb-card-foot"><span><?cs var:_("Difference = Tollbook − store.") ?></span>
<span><?cs var:_("What the store changed while it was compared is left to the next run.") ?></span></p>
</section><?cs /def ?>

<?cs def:never_card() ?><section class="tb-card"><div class="tb-empty"><?cs call:icon("verify") ?>
<h2><?cs var:_("Not compared yet") ?></h2>
<p><?cs var:_("A check walks all ids of the store in its cheapest lists, compares them with those here, adds both up, and names every record that differs.") ?></p>
</div></section><?cs /def ?>

<?cs # --- Differences --- ?>

<?cs def:finding_fields(f) ?><?cs if:subcount(f.Fields) ?><table class="table tb-diff" role="table" aria-label="<?cs var:f.Record ?>">
<thead class="visually-hidden" role="rowgroup"><tr role="row"><?cs call:th(_("Field")) ?><?cs call:th(_("Store")) ?><?cs
  call:th(_("Tollbook")) ?></tr></thead>
<tbody role="rowgroup"><?cs each:x = f.Fields ?><tr role="row"><td role="cell"><?cs var:x.Field ?></td><?cs
  call:text_td(_("Store"), x.Store, "") ?><?cs call:text_td(_("Tollbook"), x.Here, "tb-soft") ?></tr><?cs /each ?></tbody></table><?cs
  call:note(f.More) ?><?cs elif:string.length(f.Why) ?><span class="tb-soft"><?cs var:f.Why ?></span><?cs
  else ?><?cs call:no_value() ?><?cs /if ?><?cs /def ?>

<?cs def:finding_row(f) ?><tr role="row">
<td role="cell" class="tb-lead"><?cs
  if:string.length(f.Href) ?><a href="<?cs var:f.Href ?>"><?cs var:f.Record ?></a><?cs
  else ?><b><?cs var:f.Record ?></b><?cs /if ?><span class="tb-note"><?cs var:_("Store id") ?> <?cs var:f.Id ?></span></td>
<td role="cell" class="tb-trail"><?cs call:badge(f.Badge, f.Kind) ?></td>
<td role="cell" class="tb-line"<?cs if:!subcount(f.Fields) && !string.length(f.Why) ?> data-none="1"<?cs /if ?>><?cs call:finding_fields(f) ?></td>
<td role="cell" class="tb-repair<?cs if:f.IsDone ?> tb-tone-mute<?cs /if ?>" data-label="<?cs var:_("Repair") ?>"><?cs var:f.Outcome ?></td>
</tr>
<?cs /def ?>

<?cs def:findings_card(f) ?><section class="tb-card" id="differences">
<div class="tb-card-head"><h2><?cs var:_("Differences") ?></h2><span class="tb-soft"><?cs var:f.Count ?></span></div>
<?cs if:subcount(f.Entities) ?><nav class="tb-tabs" aria-label="<?cs var:_("Entities") ?>"><?cs
  each:t = f.Entities ?><?cs call:part_tab(t) ?><?cs /each ?></nav>
<?cs /if ?><nav class="tb-tabs" aria-label="<?cs var:_("Kinds of differences") ?>"><?cs
  each:t = f.Tabs ?><?cs call:part_tab(t) ?><?cs /each ?></nav>
<?cs call:table_open(_("Differences"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Record")) ?><?cs call:th(_("Kind")) ?><?cs
  call:th(_("Field: store, Tollbook")) ?><?cs call:th(_("Repair")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = f.Rows ?><?cs call:finding_row(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<?cs if:string.length(f.MoreHref) || string.length(f.Cut) ?><p class="tb-card-foot"><?cs
  if:string.length(f.MoreHref) ?><a href="<?cs var:f.MoreHref ?>" rel="next"><?cs var:_("Show more") ?></a><?cs /if ?><?cs
  if:string.length(f.Cut) ?><span><?cs var:f.Cut ?></span><?cs /if ?></p><?cs /if ?>
</section><?cs /def ?>

<?cs # --- Sums --- ?>

<?cs def:uneven_row(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Label ?></b></td>
<?cs call:text_td(_("Month"), r.Month, "tb-nowrap") ?>
<?cs call:text_td(_("Status"), r.Status, "") ?>
<?cs call:text_td(_("Website id"), r.Website, "tb-n") ?>
<?cs call:text_td(_("Sum of"), r.Field, "") ?>
<?cs call:sum_tds(r) ?>
</tr>
<?cs /def ?>

<?cs def:sums_head() ?><th role="columnheader" scope="col" class="tb-n tb-group"><?cs var:_("Store") ?></th><?cs
  call:th_n(_("Tollbook")) ?><?cs call:th_n(_("Difference")) ?><?cs /def ?>

<?cs def:uneven_card(list) ?><section class="tb-card" id="months">
<div class="tb-card-head"><h2><?cs var:_("Where the sums differ") ?></h2></div>
<?cs call:table_open(_("Where the sums differ"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Entity")) ?><?cs call:th(_("Month")) ?><?cs call:th(_("Status")) ?><?cs
  call:th_n(_("Website id")) ?><?cs call:th(_("Sum of")) ?><?cs call:sums_head() ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = list ?><?cs call:uneven_row(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
</section><?cs /def ?>

<?cs def:sum_row(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Label ?></b></td>
<?cs call:text_td(_("Sum of"), r.Field, "") ?>
<?cs call:sum_tds(r) ?>
</tr>
<?cs /def ?>

<?cs def:sums_card(list) ?><section class="tb-card" id="sums"><details class="tb-folded"><summary class="tb-card-head"><h2><?cs
  var:_("All sums") ?></h2><span class="tb-soft"><?cs var:subcount(list) ?></span><?cs call:icon("down") ?></summary>
<?cs call:table_open(_("All sums"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Entity")) ?><?cs call:th(_("Sum of")) ?><?cs call:sums_head() ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = list ?><?cs call:sum_row(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?></details>
</section><?cs /def ?>

<?cs def:circles_card(list) ?><section class="tb-card" id="looked">
<div class="tb-card-head"><h2><?cs var:_("Looked at field by field") ?></h2></div>
<div class="tb-body"><dl class="tb-fields">
<?cs each:c = list ?><div><dt><?cs var:c.Label ?></dt><dd><?cs var:c.Text ?></dd></div>
<?cs /each ?></dl></div>
<p class="tb-card-foot"><?cs var:_("Subscribers are compared whole each time: their list has every field.") ?></p>
</section><?cs /def ?>
