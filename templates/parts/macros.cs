<?cs # Macros that every page uses: icons, badges, cells, actions, notices, the head of a page. ?>

<?cs def:icon(name) ?><svg class="tb-icon" width="16" height="16" aria-hidden="true" focusable="false"><use
  href="<?cs var:Page.Assets ?>/icons.svg#<?cs var:name ?>"/></svg><?cs /def ?>

<?cs def:csrf() ?><input type="hidden" name="csrf" value="<?cs var:Page.Csrf ?>"><?cs
  if:string.length(Page.Once) ?><input type="hidden" name="once" value="<?cs var:Page.Once ?>"><?cs /if ?><?cs /def ?>

<?cs # What the person saw of a record when the form was drawn. ?>
<?cs def:seen(mark) ?><?cs if:string.length(mark) ?><input type="hidden" name="seen" value="<?cs
  var:mark ?>"><?cs /if ?><?cs /def ?>

<?cs def:hidden(fields) ?><?cs each:f = fields ?><input
  type="hidden" name="<?cs var:f.Name ?>" value="<?cs var:f.Value ?>"><?cs /each ?><?cs /def ?>

<?cs def:badge(kind, text) ?><span
  class="badge tb-badge tb-<?cs var:kind ?>"><?cs var:text ?></span><?cs /def ?>

<?cs def:tags(list) ?><?cs each:t = list ?> <span class="tb-tag"><?cs var:t ?></span><?cs /each ?><?cs /def ?>

<?cs def:no_value() ?><span aria-hidden="true">–</span><span
  class="visually-hidden"><?cs var:_("no value") ?></span><?cs /def ?>

<?cs def:note(text) ?><?cs if:string.length(text) ?><span
  class="tb-note"><?cs var:text ?></span><?cs /if ?><?cs /def ?>

<?cs def:amount(text, unit, is_whole) ?><span<?cs
  if:is_whole ?> class="m0"<?cs /if ?>><?cs var:text ?></span><?cs
  if:string.length(unit) ?> <span class="tb-unit"><?cs var:unit ?></span><?cs /if ?><?cs /def ?>

<?cs # Drawn for those who can use it: the script shows it. ?>
<?cs def:copy(text, what) ?><?cs if:string.length(text) ?><button type="button" class="tb-copy"
  data-copy="<?cs var:text ?>" data-copied="<?cs var:_("Copied") ?>"
  aria-label="<?cs var:_("Copy") ?>: <?cs var:what ?>" title="<?cs var:_("Copy") ?>" hidden><?cs call:icon("copy") ?></button><?cs /if ?><?cs /def ?>

<?cs def:progress(value, max, text, label, is_done) ?><span
  class="tb-progress<?cs if:is_done ?> tb-is-done<?cs /if ?>"><progress
  value="<?cs var:value ?>" max="<?cs var:max ?>" aria-label="<?cs var:label ?>"></progress><span><?cs
  var:text ?></span></span><?cs /def ?>

<?cs # --- Cells and tables --- ?>

<?cs def:cell_value(c, kind) ?><?cs
  if:kind == "badge" ?><?cs call:badge(c.Badge, c.Text) ?><?cs
  elif:kind == "money" ?><?cs call:amount(c.Text, c.Unit, c.IsWhole) ?><?cs
  elif:kind == "code" ?><code><?cs var:c.Text ?></code><?cs
  elif:kind == "tag" ?><span class="tb-tag"><?cs var:c.Text ?></span><?cs
  elif:string.length(c.Tail) ?><?cs var:c.Head ?><wbr><?cs var:c.Tail ?><?cs
  else ?><?cs var:c.Text ?><?cs
  /if ?><?cs /def ?>

<?cs def:cell_link(c, kind) ?><a href="<?cs var:c.Href ?>"<?cs
  if:string.length(c.Title) ?> title="<?cs var:c.Title ?>"<?cs /if ?>><?cs
  call:cell_value(c, kind) ?></a><?cs /def ?>

<?cs def:cell_mark(m) ?> <span class="tb-mark tb-tone-<?cs var:m.Tone ?>" title="<?cs var:m.Title ?>"><?cs
  call:icon(m.Icon) ?><span class="visually-hidden"><?cs var:m.Title ?></span></span><?cs /def ?>

<?cs def:cell(c, kind) ?><?cs
  if:kind == "progress" ?><?cs call:progress(c.Value, c.Max, c.Text, c.Title, "") ?><?cs
  elif:string.length(c.Text) == #0 ?><?cs call:no_value() ?><?cs
  else ?><?cs
    if:string.length(c.Was) ?><del class="tb-was"><?cs var:c.Was ?></del> <?cs /if ?><?cs
    if:c.IsAbout ?><span class="tb-about"><?cs var:_("about") ?></span> <?cs /if ?><?cs
    if:string.length(c.Href) ?><?cs call:cell_link(c, kind) ?><?cs
    elif:c.Tone == "struck" ?><del><?cs call:cell_value(c, kind) ?></del><?cs
    else ?><?cs call:cell_value(c, kind) ?><?cs /if ?><?cs
  /if ?><?cs
  each:t = c.Tags ?> <span class="tb-tag"><?cs var:t ?></span><?cs /each ?><?cs
  each:m = c.Marks ?><?cs call:cell_mark(m) ?><?cs /each ?><?cs
  if:string.length(c.Note) ?><?cs call:note(c.Note) ?><?cs /if ?><?cs /def ?>

<?cs # The attribute by which a phone leaves an unknown value out. ?>
<?cs def:if_none(text) ?><?cs if:string.length(text) == #0 ?> data-none="1"<?cs /if ?><?cs /def ?>

<?cs # On a phone the rows of a table flow, so each cell carries its label. ?>
<?cs def:text_td(label, text, class) ?><td role="cell" class="<?cs var:class ?>" data-label="<?cs var:label ?>"<?cs
  call:if_none(text) ?>><?cs
  if:string.length(text) ?><?cs var:text ?><?cs else ?><?cs call:no_value() ?><?cs /if ?></td><?cs /def ?>

<?cs def:th(label) ?><th role="columnheader" scope="col"><?cs var:label ?></th><?cs /def ?>

<?cs def:th_n(label) ?><th role="columnheader" scope="col" class="tb-n"><?cs var:label ?></th><?cs /def ?>

<?cs def:th_hidden(label) ?><th role="columnheader" scope="col"><span
  class="visually-hidden"><?cs var:label ?></span></th><?cs /def ?>

<?cs # A table in a region of its own that may scroll sideways; roles are spelled out because the
     # narrow layout changes what the elements are displayed as. ?>
<?cs def:table_open(label, class) ?><div class="tb-scroll" role="region" aria-label="<?cs var:label ?>" tabindex="0">
<table class="table <?cs var:class ?>" role="table" aria-label="<?cs var:label ?>"><?cs /def ?>

<?cs def:table_close() ?></table>
</div><?cs /def ?>

<?cs # --- Actions --- ?>

<?cs def:action_face(a) ?><?cs if:string.length(a.Icon) ?><?cs call:icon(a.Icon) ?><?cs /if ?><span><?cs
  var:a.Label ?></span><?cs /def ?>

<?cs def:action_class(a) ?>btn<?cs
  if:a.IsPrimary ?> btn-primary<?cs /if ?><?cs
  if:a.IsDanger ?> tb-danger<?cs /if ?><?cs /def ?>

<?cs # What cannot be done now stays visible, with the reason. ?>
<?cs def:action_off(a) ?><a role="link" aria-disabled="true" class="btn tb-off" title="<?cs var:a.Reason ?>"><?cs
  call:action_face(a) ?><span class="visually-hidden">: <?cs var:a.Reason ?></span></a><?cs /def ?>

<?cs def:action(a) ?><?cs
  if:string.length(a.Reason) ?><?cs call:action_off(a) ?><?cs
  elif:string.length(a.Post) ?><form method="post" action="<?cs var:a.Post ?>"><?cs
    call:csrf() ?><?cs call:hidden(a.Fields) ?><button class="<?cs call:action_class(a) ?>"><?cs
    call:action_face(a) ?></button></form><?cs
  else ?><a href="<?cs var:a.Href ?>" class="<?cs call:action_class(a) ?>"><?cs
    call:action_face(a) ?></a><?cs
  /if ?><?cs /def ?>

<?cs def:actions(list) ?><?cs each:a = list ?><?cs call:action(a) ?>
<?cs /each ?><?cs /def ?>

<?cs # "...": the actions that are needed less. ?>
<?cs def:more(list) ?><?cs if:subcount(list) ?><details class="tb-menu">
<summary class="btn tb-square" aria-label="<?cs var:_("More actions") ?>"><?cs call:icon("more") ?></summary>
<div class="tb-pop tb-pop-end"><?cs call:actions(list) ?></div>
</details><?cs /if ?><?cs /def ?>

<?cs # Previous or next: rel is also what the keys [ and ] look for. ?>
<?cs def:step(href, rel, label) ?><?cs
  if:string.length(href) ?><a class="tb-step" rel="<?cs var:rel ?>" href="<?cs var:href ?>"
  aria-label="<?cs var:label ?>"><?cs call:icon(rel) ?></a><?cs
  else ?><span class="tb-step tb-off"><?cs call:icon(rel) ?></span><?cs /if ?><?cs /def ?>

<?cs # --- Notices, empty places, figures --- ?>

<?cs def:notice_icon(n) ?><?cs
  if:string.length(n.Icon) ?><?cs call:icon(n.Icon) ?><?cs
  elif:n.Kind == "good" ?><?cs call:icon("good") ?><?cs
  elif:n.Kind == "bad" ?><?cs call:icon("bad") ?><?cs
  elif:n.Kind == "warn" ?><?cs call:icon("warn") ?><?cs
  elif:n.Kind == "live" ?><?cs call:icon("live") ?><?cs
  else ?><?cs call:icon("info") ?><?cs
  /if ?><?cs /def ?>

<?cs def:notice_change(c) ?><li><b><?cs var:c.Field ?></b> <?cs
  if:string.length(c.Was) ?><del><?cs var:c.Was ?></del> <?cs /if ?><?cs
  if:string.length(c.Became) ?><?cs var:c.Became ?><?cs else ?><?cs call:no_value() ?><?cs /if ?></li><?cs /def ?>

<?cs def:notice(n) ?><div class="tb-notice tb-<?cs var:n.Kind ?>"<?cs if:n.Kind == "bad" ?> role="alert"<?cs /if ?>>
<?cs call:notice_icon(n) ?>
<div class="tb-notice-text"><?cs
  if:string.length(n.Title) ?><b><?cs var:n.Title ?></b> <?cs /if ?><?cs var:n.Text ?><?cs
  if:subcount(n.Changes) ?><ul class="tb-changes"><?cs each:c = n.Changes ?><?cs call:notice_change(c) ?><?cs /each ?></ul><?cs /if ?><?cs
  if:string.length(n.RequestId) ?><span class="tb-note"><?cs
    var:_("Request") ?> <code><?cs var:n.RequestId ?></code></span><?cs /if ?></div>
<?cs if:subcount(n.Actions) ?><div class="tb-notice-actions"><?cs call:actions(n.Actions) ?></div><?cs /if ?>
</div><?cs /def ?>

<?cs def:notices(list) ?><?cs each:n = list ?><?cs call:notice(n) ?>
<?cs /each ?><?cs /def ?>

<?cs def:flashes() ?><?cs each:f = Page.Flash ?><div class="tb-notice tb-<?cs var:f.Kind ?>" role="status"><?cs
  call:notice_icon(f) ?><div class="tb-notice-text"><?cs var:f.Text ?></div></div>
<?cs /each ?><?cs /def ?>

<?cs # What is empty, why, what happens next, one action. ?>
<?cs def:empty(e) ?><div class="tb-empty">
<?cs if:string.length(e.Icon) ?><?cs call:icon(e.Icon) ?><?cs /if ?>
<h2><?cs var:e.Title ?></h2>
<?cs if:string.length(e.Text) ?><p><?cs var:e.Text ?></p><?cs /if ?>
<?cs if:subcount(e.Progress) ?><ul>
<?cs each:p = e.Progress ?><li><span><?cs var:p.Label ?> <span class="tb-soft"><?cs var:p.Note ?></span></span><?cs
  call:progress(p.Value, p.Max, p.Text, p.Label, p.IsDone) ?></li>
<?cs /each ?></ul><?cs /if ?>
<?cs if:subcount(e.Actions) ?><div class="tb-buttons"><?cs call:actions(e.Actions) ?></div><?cs /if ?>
</div><?cs /def ?>

<?cs # Label, value and how it came about, side by side: a record's figures, a run's. ?>
<?cs def:strip_value(s) ?><?cs
  if:string.length(s.Value) ?><b><?cs var:s.Value ?></b><?cs
    if:string.length(s.Unit) ?> <span class="tb-unit"><?cs var:s.Unit ?></span><?cs /if ?><?cs
  else ?><?cs call:no_value() ?><?cs /if ?><?cs call:note(s.Note) ?><?cs /def ?>

<?cs def:strip(list) ?><?cs if:subcount(list) ?><dl class="tb-strip">
<?cs each:s = list ?><div><dt><?cs var:s.Label ?></dt><dd><?cs call:strip_value(s) ?></dd></div>
<?cs /each ?></dl><?cs /if ?><?cs /def ?>

<?cs # --- The head of a page: crumbs, title with badges, one line of facts, actions --- ?>

<?cs def:crumb(c) ?><?cs
  if:string.length(c.Href) ?><a href="<?cs var:c.Href ?>"><?cs var:c.Label ?></a><?cs
  else ?><span><?cs var:c.Label ?></span><?cs /if ?><?cs
  if:!last(c) ?><span aria-hidden="true">/</span><?cs /if ?><?cs /def ?>

<?cs def:crumbs() ?><?cs if:subcount(Page.Crumbs) || string.length(Record.Pager.Text) ?><nav
  class="tb-crumbs" aria-label="<?cs var:_("Breadcrumb") ?>"><?cs
  each:c = Page.Crumbs ?><?cs call:crumb(c) ?><?cs /each ?><?cs
  if:string.length(Record.Pager.Text) ?><span><?cs var:Record.Pager.Text ?></span><?cs
    call:step(Record.Pager.PrevHref, "prev", _("Previous record")) ?><?cs
    call:step(Record.Pager.NextHref, "next", _("Next record")) ?><?cs /if ?></nav><?cs /if ?><?cs /def ?>

<?cs def:fact(f) ?><li><?cs
  if:string.length(f.Label) ?><?cs var:f.Label ?> <?cs /if ?><?cs
  if:string.length(f.Href) ?><a class="tb-in" href="<?cs var:f.Href ?>"><?cs var:f.Text ?></a><?cs
  elif:string.length(f.Text) ?><b><?cs var:f.Text ?></b><?cs /if ?><?cs var:f.Note ?></li><?cs /def ?>

<?cs def:page_head(r) ?><div class="tb-head">
<div class="tb-head-text">
<?cs call:crumbs() ?>
<div class="tb-title"><h1><?cs if:string.length(r.Tail) ?><?cs var:r.Head ?><wbr><?cs var:r.Tail ?><?cs
  else ?><?cs var:r.Title ?><?cs /if ?></h1><?cs call:copy(r.Copy, _("Number")) ?><?cs
  each:b = r.Badges ?><?cs call:badge(b.Kind, b.Text) ?><?cs /each ?><?cs
  call:tags(r.Tags) ?><?cs
  if:string.length(r.Note) ?><span class="tb-soft"><?cs var:r.Note ?></span><?cs /if ?></div>
<?cs if:subcount(r.Facts) ?><ul class="tb-facts">
<?cs each:f = r.Facts ?><?cs call:fact(f) ?>
<?cs /each ?></ul><?cs /if ?>
<?cs if:subcount(r.Contact) ?><ul class="tb-contact">
<?cs each:c = r.Contact ?><li><a class="btn" href="<?cs var:c.Href ?>"><?cs call:icon(c.Icon) ?><span><?cs
  var:c.Text ?></span></a></li>
<?cs /each ?></ul><?cs /if ?>
</div>
<?cs if:subcount(r.Actions) || subcount(r.More) ?><div class="tb-buttons"><?cs
  call:actions(r.Actions) ?><?cs call:more(r.More) ?></div><?cs /if ?>
</div><?cs /def ?>

<?cs # The same for pages that are no record: the page's own title. ?>
<?cs def:plain_head(note, actions) ?><div class="tb-head">
<div class="tb-head-text"><?cs call:crumbs() ?>
<div class="tb-title"><h1><?cs var:Page.Title ?></h1><?cs
  each:b = Form.Badges ?><?cs call:badge(b.Kind, b.Text) ?><?cs /each ?><?cs
  if:string.length(note) ?><span class="tb-soft"><?cs var:note ?></span><?cs /if ?></div></div>
<?cs if:subcount(actions) ?><div class="tb-buttons"><?cs call:actions(actions) ?></div><?cs /if ?>
</div><?cs /def ?>
