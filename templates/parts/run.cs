<?cs # Macros of a run: its card, live or finished. ?>

<?cs def:count_td(label, text, is_warn) ?><?cs
  if:is_warn ?><?cs call:text_td(label, text, "tb-n tb-tone-warn") ?><?cs
  else ?><?cs call:text_td(label, text, "tb-n") ?><?cs /if ?><?cs /def ?>

<?cs def:progress_td(e) ?><td role="cell" class="tb-line"<?cs call:if_none(e.Value) ?>><?cs
  if:string.length(e.Value) ?><?cs call:progress(e.Value, e.Max, e.Percent, e.Label, e.IsDone) ?><?cs
  else ?><?cs call:no_value() ?><?cs /if ?></td><?cs /def ?>

<?cs def:total_td(e) ?><td role="cell" class="tb-n" data-label="<?cs var:_("Of") ?>"<?cs call:if_none(e.Of) ?>><?cs
  if:e.IsAbout ?><span class="tb-about"><?cs var:_("about") ?></span> <?cs /if ?><?cs
  if:string.length(e.Of) ?><?cs var:e.Of ?><?cs else ?><?cs call:no_value() ?><?cs /if ?></td><?cs /def ?>

<?cs # A finished run has no progress, total, rate or way back to go: four columns less. ?>
<?cs def:run_row(e, is_live) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:e.Label ?></b><?cs call:note(e.Note) ?></td>
<td role="cell" class="tb-trail"><?cs call:badge(e.Badge, e.State) ?></td>
<?cs if:is_live ?><?cs call:progress_td(e) ?><?cs /if ?>
<?cs call:count_td(_("Read"), e.Read, "") ?>
<?cs if:is_live ?><?cs call:total_td(e) ?><?cs /if ?>
<?cs call:count_td(_("Added"), e.Added, "") ?>
<?cs call:count_td(_("Updated"), e.Updated, "") ?>
<?cs call:count_td(_("Unchanged"), e.Unchanged, "") ?>
<?cs call:count_td(_("Quarantined"), e.Quarantined, e.IsWarn) ?>
<?cs if:is_live ?><?cs call:count_td(_("Rate"), e.Rate, "") ?>
<?cs call:text_td(_("Back to"), e.BackTo, "tb-nowrap") ?><?cs /if ?>
</tr>
<?cs /def ?>

<?cs def:run_entities(r) ?><?cs call:table_open(r.Title, "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Entity")) ?><?cs call:th(_("State")) ?>
<?cs if:r.IsLive ?><?cs call:th(_("Progress")) ?><?cs /if ?>
<?cs call:th_n(_("Read")) ?><?cs if:r.IsLive ?><?cs call:th_n(_("Of")) ?><?cs /if ?>
<?cs call:th_n(_("Added")) ?><?cs call:th_n(_("Updated")) ?><?cs call:th_n(_("Unchanged")) ?>
<?cs call:th_n(_("Quarantined")) ?>
<?cs if:r.IsLive ?><?cs call:th_n(_("Rate")) ?><?cs call:th(_("Back to")) ?><?cs /if ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:e = r.Entities ?><?cs call:run_row(e, r.IsLive) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs def:run_head(r) ?><div class="tb-card-head">
<h2><?cs
  if:string.length(r.Href) ?><a href="<?cs var:r.Href ?>"><?cs var:r.Title ?></a><?cs
  else ?><?cs var:r.Title ?><?cs /if ?></h2>
<?cs call:badge(r.Badge, r.State) ?>
<?cs if:string.length(r.Stop.Reason) ?><span class="tb-soft"><?cs var:r.Stop.Reason ?></span><?cs
  elif:string.length(r.Stop.Post) ?><div class="tb-buttons"><?cs call:actions(r.Actions) ?><form
    method="post" action="<?cs var:r.Stop.Post ?>"><?cs
    call:csrf() ?><button class="btn" id="stop-<?cs var:r.Id ?>"><?cs
    call:icon("stop") ?><span><?cs var:r.Stop.Label ?></span></button></form></div><?cs /if ?>
</div><?cs /def ?>

<?cs # While the run goes on the card asks for itself again; the script reads data-say aloud, seldom. ?>
<?cs def:run_card(r) ?><section class="tb-card tb-run" id="run-<?cs var:r.Id ?>"<?cs
  if:string.length(r.PollHref) ?> hx-get="<?cs var:r.PollHref ?>" hx-trigger="every 2s" hx-swap="outerHTML"<?cs /if ?><?cs
  if:string.length(r.Say) ?> data-say="<?cs var:r.Say ?>"<?cs /if ?>>
<?cs call:run_head(r) ?>
<?cs if:subcount(r.Problem) ?><div class="tb-body"><?cs call:notice(r.Problem) ?></div><?cs /if ?>
<?cs call:strip(r.Strip) ?>
<?cs if:subcount(r.Entities) ?><?cs call:run_entities(r) ?><?cs /if ?>
<?cs if:string.length(r.Note) ?><p class="tb-body tb-soft"><?cs var:r.Note ?></p><?cs /if ?>
<?cs if:subcount(r.Footer) ?><p class="tb-card-foot"><?cs each:f = r.Footer ?>
<span><?cs var:f.Text ?><?cs if:string.length(f.Code) ?> <code><?cs var:f.Code ?></code><?cs /if ?></span><?cs /each ?>
</p><?cs /if ?>
</section><?cs /def ?>
