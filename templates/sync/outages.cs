<?cs # When stores could not be read: what is stale now, then all outages. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/outage.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:stale_card(n) ?><section class="tb-card">
<div class="tb-body"><?cs call:notice(n.Problem) ?></div>
<div class="tb-card-head"><h2><?cs var:n.Title ?></h2></div>
<div class="tb-body"><dl class="tb-fields">
<?cs each:s = n.Stale ?><div><dt><?cs var:s.Label ?></dt><dd><?cs var:s.Text ?></dd></div>
<?cs /each ?></dl></div>
</section>
<?cs /def ?>

<main class="tb-main" id="main" tabindex="-1">
<?cs call:plain_head("", Page.Actions) ?>
<?cs call:flashes() ?>
<?cs each:n = Outages.Now ?><?cs call:stale_card(n) ?><?cs /each ?>
<section class="tb-card">
<?cs if:subcount(Outages.Rows) ?><?cs call:outage_table(Outages.Rows) ?><?cs
  else ?><p class="tb-body tb-soft"><?cs
    var:_("No outages: every store could be read whenever it was its turn.") ?></p><?cs /if ?>
<?cs if:string.length(Outages.OlderHref) ?><p class="tb-card-foot"><a href="<?cs
  var:Outages.OlderHref ?>" rel="next"><?cs var:_("Older outages") ?></a></p><?cs /if ?>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
