<?cs # Macros of a channel: the stages of its connection check and its entities. ?>

<?cs def:stage_mark(icon, spoken) ?><?cs call:icon(icon) ?><span class="visually-hidden"><?cs var:spoken ?></span><?cs /def ?>

<?cs def:stage_icon(state) ?><?cs
  if:state == "good" ?><?cs call:stage_mark("good", _("Passed:")) ?><?cs
  elif:state == "bad" ?><?cs call:stage_mark("bad", _("Failed:")) ?><?cs
  elif:state == "warn" ?><?cs call:stage_mark("warn", _("Look at this:")) ?><?cs
  elif:state == "live" ?><?cs call:stage_mark("running", _("Running:")) ?><?cs
  else ?><?cs call:icon("wait") ?><?cs /if ?><?cs /def ?>

<?cs def:stage(s) ?><li class="tb-stage-<?cs var:s.State ?>"><span><?cs call:stage_icon(s.State) ?></span>
<span><?cs var:s.Label ?><?cs if:string.length(s.Strong) ?> <b><?cs var:s.Strong ?></b> <?cs /if ?><?cs var:s.Label2 ?></span>
<span class="tb-fact"><?cs
  if:s.State == "wait" ?><?cs var:_("not tried") ?><?cs else ?><?cs var:s.Fact ?><?cs /if ?></span>
<?cs if:string.length(s.Problem) || string.length(s.Text) ?><p class="tb-stage-text"><?cs
  if:string.length(s.Problem) ?><b><?cs var:s.Problem ?></b> <?cs /if ?><?cs var:s.Text ?></p><?cs /if ?></li>
<?cs /def ?>

<?cs def:check_again(post) ?><form class="tb-buttons" method="post" action="<?cs var:post ?>"><?cs
  call:csrf() ?><button class="btn"><?cs call:icon("check") ?><span><?cs
  var:_("Check again") ?></span></button></form><?cs /def ?>

<?cs # While the check runs the card asks for itself again; the finished one no longer does. ?>
<?cs def:check_card(c) ?><section class="tb-card" id="check"<?cs
  if:string.length(c.PollHref) ?> hx-get="<?cs var:c.PollHref ?>" hx-trigger="every 2s" hx-swap="outerHTML"<?cs /if ?>>
<div class="tb-card-head"><h2><?cs var:_("Connection check") ?></h2><?cs
  if:string.length(c.Count) ?><span class="tb-soft"><?cs var:c.Count ?></span><?cs /if ?>
<?cs if:string.length(c.Post) ?><?cs call:check_again(c.Post) ?><?cs
  elif:string.length(c.State) ?><?cs call:badge(c.Badge, c.State) ?><?cs /if ?></div>
<?cs if:subcount(c.Stages) ?><ol class="tb-stages">
<?cs each:s = c.Stages ?><?cs call:stage(s) ?><?cs /each ?></ol><?cs /if ?>
<?cs if:string.length(c.Reason) ?><p class="tb-body tb-soft"><?cs var:c.Reason ?></p><?cs /if ?>
<?cs if:string.length(c.Note) ?><p class="tb-card-foot"><?cs var:c.Note ?></p><?cs /if ?>
</section><?cs /def ?>

<?cs def:entity_switch(s, label) ?><form method="post" action="<?cs var:s.Post ?>"><?cs call:csrf() ?><?cs
  call:hidden(s.Fields) ?><button class="btn"><?cs var:s.Label ?><span
  class="visually-hidden">: <?cs var:label ?></span></button></form><?cs /def ?>

<?cs def:entity_row(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Label ?></b><?cs call:note(r.Note) ?></td>
<td role="cell" class="tb-trail"><?cs call:badge(r.Badge, r.State) ?></td>
<?cs call:text_td(_("In Tollbook"), r.Count, "tb-n") ?>
<?cs call:text_td(_("Last read"), r.LastRead, "tb-nowrap") ?>
<td role="cell" class="tb-line"<?cs call:if_none(r.Switch.Label) ?>><?cs
  if:subcount(r.Switch) ?><div class="tb-buttons tb-row-buttons"><?cs
  call:entity_switch(r.Switch, r.Label) ?></div><?cs /if ?></td>
</tr>
<?cs /def ?>

<?cs def:entities_card(e) ?><?cs if:subcount(e.Rows) ?><section class="tb-card" id="entities">
<div class="tb-card-head"><h2><?cs var:_("Entities") ?></h2></div>
<?cs call:table_open(_("Entities"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Entity")) ?><?cs call:th(_("State")) ?><?cs
  call:th_n(_("In Tollbook")) ?><?cs call:th(_("Last read")) ?><?cs
  call:th_hidden(_("Actions")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = e.Rows ?><?cs call:entity_row(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<?cs if:string.length(e.Note) ?><p class="tb-card-foot"><?cs var:e.Note ?></p><?cs /if ?>
</section><?cs /if ?><?cs /def ?>
