<?cs # Macros of the list's table, its foot and the bar of picked rows. ?>

<?cs def:sort_link(c) ?><a id="sort-<?cs var:c.Name ?>" href="<?cs var:c.Sort.Href ?>"><?cs var:c.Label ?><?cs
  if:c.Sort.Is == "asc" ?><?cs call:icon("sort-asc") ?><?cs
  elif:c.Sort.Is == "desc" ?><?cs call:icon("sort-desc") ?><?cs /if ?></a><?cs /def ?>

<?cs def:grid_th(c) ?><th role="columnheader" scope="col" class="<?cs var:c.Class ?>"<?cs
  if:c.Sort.Is == "asc" ?> aria-sort="ascending"<?cs
  elif:c.Sort.Is == "desc" ?> aria-sort="descending"<?cs /if ?>><?cs
  if:string.length(c.Sort.Href) ?><?cs call:sort_link(c) ?><?cs else ?><?cs var:c.Label ?><?cs /if ?></th><?cs /def ?>

<?cs def:pick_all_th() ?><th role="columnheader" scope="col" class="tb-pick"><span
  class="visually-hidden"><?cs var:_("Pick") ?></span><input
  class="form-check-input" type="checkbox" data-pick-all="1" aria-label="<?cs var:_("Pick all rows of this page") ?>"
  hidden></th><?cs /def ?>

<?cs # What has the lead may also have marks. ?>
<?cs def:grid_td_link(c) ?><td role="cell" class="<?cs var:c.Class ?>"><a href="<?cs var:c.Href ?>"><?cs var:c.Text ?></a><?cs
  each:m = c.Marks ?><?cs call:cell_mark(m) ?><?cs /each ?></td><?cs /def ?>

<?cs def:grid_td(c) ?><td role="cell" class="<?cs var:c.Class ?><?cs
  if:string.length(c.Tone) ?> tb-tone-<?cs var:c.Tone ?><?cs /if ?>"<?cs
  if:string.length(c.Text) == #0 ?> data-none="1"<?cs /if ?><?cs
  if:string.length(c.Title) ?> title="<?cs var:c.Title ?>"<?cs /if ?>><?cs
  if:string.length(c.Phrase) ?><span class="tb-wide"><?cs call:cell(c, c.Kind) ?></span><span
    class="tb-narrow"><?cs var:c.Phrase ?></span><?cs
  else ?><?cs call:cell(c, c.Kind) ?><?cs /if ?></td><?cs /def ?>

<?cs # Drawn by the form that each cell tells, the most frequent first and without macros: a page has
     # hundreds, and looking for parts that are not there is what costs. ?>
<?cs def:grid_cells(cells) ?><?cs each:c = cells ?><?cs
  if:!c ?><td role="cell" class="<?cs var:c.Class ?>"><?cs var:c.Text ?></td><?cs
  elif:c == "amount" ?><td role="cell" class="<?cs var:c.Class ?>"><span><?cs
    var:c.Text ?></span> <span class="tb-unit"><?cs var:c.Unit ?></span></td><?cs
  elif:c == "titled" ?><td role="cell" class="<?cs var:c.Class ?>" title="<?cs var:c.Title ?>"><?cs var:c.Text ?></td><?cs
  elif:c == "badge" ?><td role="cell" class="<?cs var:c.Class ?>"><span
  class="badge tb-badge tb-<?cs var:c.Badge ?>"><?cs var:c.Text ?></span></td><?cs
  elif:c == "link" ?><?cs call:grid_td_link(c) ?><?cs
  elif:c == "phrase" ?><td role="cell" class="<?cs var:c.Class ?>"><span class="tb-wide"><?cs
    var:c.Text ?></span><span class="tb-narrow"><?cs var:c.Phrase ?></span></td><?cs
  elif:c == "none" ?><td role="cell" class="<?cs var:c.Class ?>" data-none="1"><?cs call:no_value() ?></td><?cs
  else ?><?cs call:grid_td(c) ?><?cs /if ?>
<?cs /each ?><?cs /def ?>

<?cs def:grid_row(row, may_pick) ?><tr role="row"<?cs if:row.IsGone ?> class="tb-gone"<?cs /if ?>>
<?cs if:may_pick ?><td role="cell" class="tb-pick"><input
  class="form-check-input" type="checkbox" form="picked" name="id" value="<?cs var:row.Id ?>"
  aria-label="<?cs var:row.PickLabel ?>"<?cs if:row.IsPicked ?> checked<?cs /if ?>></td><?cs /if ?>
<?cs call:grid_cells(row.Cells) ?></tr>
<?cs /def ?>

<?cs # --- The foot: count, sums per currency, range, rows per page, pages --- ?>

<?cs def:more_sums(m) ?> · <details class="tb-menu"><summary class="tb-in"><?cs var:m.Label ?></summary><span
  class="tb-pop tb-pop-over tb-list"><?cs
  each:s = m.Items ?><span><?cs call:amount(s.Text, s.Unit, "") ?></span><?cs /each ?></span></details><?cs /def ?>

<?cs def:grid_sums(g) ?><?cs if:subcount(g.Sums) ?><span class="tb-sums"><?cs var:_("Sum:") ?> <?cs
  each:s = g.Sums ?><?cs
    if:!first(s) ?> · <?cs /if ?><b><?cs var:s.Text ?></b> <span class="tb-unit"><?cs var:s.Unit ?></span><?cs
    if:string.length(s.Note) ?> (<?cs var:s.Note ?>)<?cs /if ?><?cs /each ?><?cs
  if:subcount(g.MoreSums) ?><?cs call:more_sums(g.MoreSums) ?><?cs /if ?></span><?cs /if ?><?cs /def ?>

<?cs def:grid_sizes(g) ?><form action="<?cs var:g.Action ?>" hx-trigger="change, submit"><?cs
  call:hidden(g.Sizes.State) ?><label><?cs var:_("Rows") ?> <select class="form-select" id="rows" name="rows"><?cs
  each:o = g.Sizes.Options ?><option<?cs if:o.IsSelected ?> selected<?cs /if ?>><?cs var:o.Value ?></option><?cs
  /each ?></select></label><noscript><button class="btn"><?cs var:_("Show") ?></button></noscript></form><?cs /def ?>

<?cs def:grid_prev(p) ?><?cs
  if:string.length(p.Href) ?><a class="btn" id="prev" rel="prev" href="<?cs var:p.Href ?>"><?cs
    call:icon("prev") ?><?cs var:p.Label ?></a><?cs
  else ?><span class="btn tb-off"><?cs call:icon("prev") ?><?cs var:p.Label ?></span><?cs /if ?><?cs /def ?>

<?cs def:grid_next(p) ?><?cs
  if:string.length(p.Href) ?><a class="btn" id="next" rel="next" href="<?cs var:p.Href ?>"><?cs
    var:p.Label ?><?cs call:icon("next") ?></a><?cs
  else ?><span class="btn tb-off"><?cs var:p.Label ?><?cs call:icon("next") ?></span><?cs /if ?><?cs /def ?>

<?cs def:grid_foot(g) ?><div class="tb-grid-foot">
<div><span><b><?cs var:g.Count.Number ?></b> <?cs var:g.Count.Text ?></span>
<?cs call:grid_sums(g) ?>
<?cs if:string.length(g.LoadedTo) ?><span><?cs var:g.LoadedTo ?></span><?cs /if ?>
<?cs if:string.length(g.Looked) ?><span><?cs var:g.Looked ?></span><?cs /if ?>
<?cs if:string.length(g.Range) ?><span><?cs var:g.Range ?></span><?cs /if ?></div>
<?cs if:subcount(g.Sizes.Options) ?><?cs call:grid_sizes(g) ?><?cs /if ?>
<?cs if:string.length(g.Prev.Label) ?><nav aria-label="<?cs var:_("Pages") ?>"><?cs
  call:grid_prev(g.Prev) ?><?cs call:grid_next(g.Next) ?></nav><?cs /if ?>
</div><?cs /def ?>

<?cs # The number of picked rows is counted by the style sheet; without :has() the bar is always shown. ?>
<?cs def:bulk_bar(g) ?><div class="tb-bulk" role="group" aria-label="<?cs var:_("Picked rows") ?>">
<span><b class="tb-picked"></b> <b><?cs var:_("selected") ?></b> <span class="tb-soft tb-wide"><?cs
  var:_("of") ?> <?cs var:g.Shown ?> <?cs var:_("on this page") ?></span></span>
<label class="tb-check"><input class="form-check-input" type="checkbox" form="picked" name="all" value="1"><span><?cs
  var:g.All ?></span></label>
<button class="btn" form="picked"><?cs call:icon("export") ?><span><?cs var:_("Export") ?></span></button>
<button type="reset" form="picked" class="btn tb-ghost tb-square" aria-label="<?cs var:_("Pick nothing") ?>"><?cs
  call:icon("close") ?></button>
</div><?cs /def ?>

<?cs def:grid_table(g) ?><section class="tb-card tb-grid-card">
<?cs if:string.length(g.Export.Action) ?><form id="picked" action="<?cs var:g.Export.Action ?>" hx-boost="false"><?cs
  call:hidden(g.Export.State) ?></form><?cs /if ?>
<?cs call:table_open(g.Label, "tb-rows") ?>
<thead role="rowgroup"><tr role="row"><?cs
  if:string.length(g.Export.Action) ?><?cs call:pick_all_th() ?><?cs /if ?><?cs
  each:c = g.Cols ?><?cs call:grid_th(c) ?><?cs /each ?></tr></thead>
<tbody role="rowgroup" hx-boost="false">
<?cs each:row = g.Rows ?><?cs call:grid_row(row, g.Export.Action) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<?cs call:grid_foot(g) ?>
</section>
<?cs if:string.length(g.Export.Action) ?><?cs call:bulk_bar(g) ?><?cs /if ?><?cs /def ?>
