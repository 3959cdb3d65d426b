<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:hit(r) ?><li>
<div><a href="<?cs var:r.Href ?>"><?cs var:r.Title ?></a><?cs call:note(r.Note) ?></div>
<span><?cs if:string.length(r.State) ?><?cs call:badge(r.Badge, r.State) ?><?cs /if ?></span>
<span class="tb-hit-sum"><?cs
  if:string.length(r.Text) ?><?cs call:amount(r.Text, r.Unit, r.IsWhole) ?><?cs /if ?></span>
<span class="tb-time"><?cs var:r.At ?></span>
</li>
<?cs /def ?>

<?cs def:hit_group(g) ?><section class="tb-card">
<div class="tb-card-head"><?cs call:icon(g.Icon) ?><h2><?cs var:g.Label ?></h2><span
  class="tb-soft"><?cs var:g.Count ?></span></div>
<ul class="tb-hits"><?cs each:r = g.Rows ?><?cs call:hit(r) ?><?cs /each ?></ul>
<?cs if:string.length(g.MoreHref) ?><p class="tb-card-foot"><a href="<?cs var:g.MoreHref ?>"><?cs
  var:g.MoreLabel ?></a></p><?cs /if ?>
</section>
<?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head(Search.Note, Search.Actions) ?>
<form class="tb-search tb-search-page" role="search" action="<?cs var:Page.Base ?>/search"
  aria-label="<?cs var:_("Search again") ?>"><?cs call:icon("search") ?><input class="form-control" type="search" name="q"
  value="<?cs var:Search.Text ?>" placeholder="<?cs var:_("Order, cart or memo number, name, email") ?>"
  aria-label="<?cs var:_("Order, cart or memo number, name, email") ?>" autocomplete="off"<?cs
  if:string.length(Search.Text) == #0 ?> autofocus<?cs /if ?>><button class="btn"><?cs var:_("Search") ?></button></form>
<?cs call:flashes() ?>
<?cs each:g = Search.Groups ?><?cs call:hit_group(g) ?><?cs /each ?>
<?cs if:subcount(Search.Empty) ?><section class="tb-card"><?cs call:empty(Search.Empty) ?></section><?cs /if ?>
</main>
<?cs include!"parts/foot.cs" ?>
