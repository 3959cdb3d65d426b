<?cs # A list: everything in #grid is replaced at once, so that title, filters, table and address
     # never disagree. Links that leave the list stand outside the boost. ?>
<?cs include!"grid/filter.cs" ?>
<?cs include!"grid/table.cs" ?>
<div id="grid" class="tb-grid" hx-boost="true" hx-target="#grid" hx-swap="outerHTML show:window:top">
<div class="tb-head">
<div class="tb-head-text" hx-boost="false"><?cs call:crumbs() ?>
<div class="tb-title"><h1><?cs var:Page.Title ?></h1></div></div>
<div class="tb-buttons tb-icons-only">
<?cs call:columns_menu(Grid.Columns) ?>
<?cs call:export_button(Grid.Export) ?>
<?cs if:subcount(Grid.Actions) ?><div class="tb-buttons" hx-boost="false"><?cs call:actions(Grid.Actions) ?></div><?cs /if ?>
</div>
</div>
<?cs call:flashes() ?>
<?cs call:notices(Grid.Notices) ?>
<?cs call:filter_bar(Grid) ?>
<?cs if:subcount(Grid.Filter) ?><?cs call:filter_form(Grid.Filter) ?><?cs /if ?>
<?cs if:subcount(Grid.Empty) ?><section class="tb-card" hx-boost="false"><?cs call:empty(Grid.Empty) ?></section><?cs
  else ?><?cs call:grid_table(Grid) ?><?cs /if ?>
</div>
