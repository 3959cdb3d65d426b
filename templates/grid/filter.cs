<?cs # Macros of the list's head: columns, export, search field, chips, the form of one filter. ?>

<?cs def:choice(type, name, value, label, is_checked, is_disabled) ?><label class="tb-check"><input
  class="form-check-input" type="<?cs var:type ?>" name="<?cs var:name ?>" value="<?cs var:value ?>"<?cs
  if:is_checked ?> checked<?cs /if ?><?cs if:is_disabled ?> disabled<?cs /if ?>><span><?cs
  var:label ?></span></label>
<?cs /def ?>

<?cs # While nothing was chosen, narrow windows leave out columns: the script unticks them then. ?>
<?cs def:column_choice(i) ?><label class="tb-check"><input
  class="form-check-input" type="checkbox" name="col" value="<?cs var:i.Name ?>"<?cs
  if:i.IsShown ?> checked<?cs /if ?><?cs if:i.IsFixed ?> disabled<?cs /if ?><?cs
  if:string.length(i.Priority) ?> data-priority="<?cs var:i.Priority ?>" data-spot="<?cs var:i.Spot ?>"<?cs /if ?>><span><?cs
  var:i.Label ?></span></label>
<?cs /def ?>

<?cs def:columns_menu(c) ?><?cs if:subcount(c.Items) ?><details class="tb-menu">
<summary class="btn"><?cs call:icon("columns") ?><span><?cs var:_("Columns") ?></span></summary>
<form class="tb-pop tb-pop-end tb-columns" method="post" action="<?cs var:c.Post ?>" hx-boost="false">
<?cs call:csrf() ?>
<fieldset><legend><?cs var:_("Columns shown from now on") ?></legend>
<?cs each:i = c.Items ?><?cs call:column_choice(i) ?><?cs /each ?></fieldset>
<div class="tb-buttons"><?cs
  if:c.IsChosen ?><button class="btn tb-ghost" name="reset" value="1"><?cs
    var:_("Reset") ?></button><?cs /if ?><button class="btn btn-primary"><?cs var:_("Show columns") ?></button></div>
</form>
</details><?cs /if ?><?cs /def ?>

<?cs def:export_button(e) ?><?cs
  if:string.length(e.Reason) ?><a role="link" aria-disabled="true" class="btn tb-off" title="<?cs var:e.Reason ?>"><?cs
    call:icon("export") ?><span><?cs var:_("Export") ?></span><span
    class="visually-hidden">: <?cs var:e.Reason ?></span></a><?cs
  elif:string.length(e.Href) ?><a class="btn" href="<?cs var:e.Href ?>" hx-boost="false"><?cs
    call:icon("export") ?><span><?cs var:_("Export") ?></span></a><?cs /if ?><?cs /def ?>

<?cs def:list_search(s) ?><form class="tb-search" role="search" action="<?cs var:Grid.Action ?>"
  aria-label="<?cs var:_("Search this list") ?>"><?cs call:hidden(s.State) ?><?cs call:icon("search") ?><input
  class="form-control" id="list-search" type="search" name="<?cs var:s.Name ?>" value="<?cs var:s.Value ?>"
  placeholder="<?cs var:s.Placeholder ?>" aria-label="<?cs var:s.Placeholder ?>" autocomplete="off"></form><?cs /def ?>

<?cs def:chip(c) ?><span class="tb-chip<?cs if:c.IsOpen ?> tb-is-open<?cs /if ?>"><a
  id="chip-<?cs var:name(c) ?>" href="<?cs var:c.Href ?>" title="<?cs var:_("Change this filter") ?>"><b><?cs
  var:c.Label ?></b> <span><?cs var:c.Operator ?></span> <?cs var:c.Value ?></a><a
  id="unchip-<?cs var:name(c) ?>" href="<?cs var:c.RemoveHref ?>"
  aria-label="<?cs var:_("Remove filter") ?> <?cs var:c.Label ?>"><?cs call:icon("close") ?></a></span>
<?cs /def ?>

<?cs def:filter_bar(g) ?><div class="tb-filters">
<?cs if:string.length(g.Search.Name) ?><?cs call:list_search(g.Search) ?><?cs /if ?>
<div class="tb-chips">
<?cs each:c = g.Chips ?><?cs call:chip(c) ?><?cs /each ?>
<?cs if:subcount(g.AddFilters) ?><details class="tb-menu">
<summary class="btn tb-ghost"><?cs call:icon("add") ?><span><?cs var:_("Add filter") ?></span></summary>
<div class="tb-pop tb-list"><?cs
  each:f = g.AddFilters ?><a href="<?cs var:f.Href ?>"><?cs var:f.Label ?></a><?cs /each ?></div>
</details><?cs /if ?>
<?cs if:string.length(g.ClearHref) ?><a class="btn tb-ghost" href="<?cs var:g.ClearHref ?>"><?cs
  var:_("Clear") ?></a><?cs /if ?>
</div>
</div><?cs /def ?>

<?cs # --- The form of one filter: operator and value --- ?>

<?cs def:filter_kind(kind) ?><?cs
  if:kind == "date" ?> type="date"<?cs
  elif:kind == "number" ?> type="text" inputmode="decimal"<?cs
  else ?> type="text"<?cs /if ?><?cs /def ?>

<?cs # "between" needs the upper value too; the other operators leave it empty. ?>
<?cs def:filter_values(f) ?><input class="form-control" name="value" id="filter-value" value="<?cs var:f.Value ?>"
  aria-label="<?cs var:_("Value") ?>"<?cs call:filter_kind(f.Kind) ?> autocomplete="off" autofocus><?cs
  if:f.Kind == "number" || f.Kind == "date" ?><span class="tb-soft"><?cs var:_("and, for between") ?></span><input
    class="form-control" name="to" value="<?cs var:f.Value2 ?>"
    aria-label="<?cs var:_("Upper value, for between") ?>"<?cs
    call:filter_kind(f.Kind) ?> autocomplete="off"><?cs /if ?><?cs /def ?>

<?cs def:filter_option(kind, o) ?><?cs
  if:kind == "flag" ?><?cs call:choice("radio", "value", o.Value, o.Label, o.IsSelected, "") ?><?cs
  else ?><?cs call:choice("checkbox", "value", o.Value, o.Label, o.IsSelected, "") ?><?cs /if ?><?cs /def ?>

<?cs def:filter_form(f) ?><form class="tb-card tb-filter" action="<?cs var:Grid.Action ?>"
  aria-label="<?cs var:f.Label ?>">
<?cs call:hidden(f.State) ?>
<div class="tb-filter-row">
<b><?cs var:f.Label ?></b>
<select class="form-select" name="op" aria-label="<?cs var:_("Operator") ?>"><?cs
  each:o = f.Operators ?><option value="<?cs var:o.Value ?>"<?cs if:o.IsSelected ?> selected<?cs /if ?>><?cs
  var:o.Label ?></option><?cs /each ?></select>
<?cs if:f.Kind != "choice" && f.Kind != "flag" ?><?cs call:filter_values(f) ?><?cs /if ?>
<div class="tb-buttons"><a class="btn tb-ghost" href="<?cs var:f.CancelHref ?>"><?cs var:_("Cancel") ?></a><button
  class="btn btn-primary"><?cs var:_("Apply filter") ?></button></div>
</div>
<?cs if:string.length(f.Error) ?><p class="tb-error"><?cs call:icon("bad") ?><span><?cs var:f.Error ?></span></p><?cs /if ?>
<?cs if:subcount(f.Options) ?><fieldset class="tb-options"><legend class="visually-hidden"><?cs var:f.Label ?></legend><?cs
  each:o = f.Options ?><?cs call:filter_option(f.Kind, o) ?><?cs /each ?></fieldset><?cs /if ?>
</form><?cs /def ?>
