<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs include!"parts/sync.cs" ?>
<?cs include!"parts/head.cs" ?>

<main class="tb-main" id="main" tabindex="-1">
<div class="tb-head">
<div class="tb-head-text"><div class="tb-title"><h1><?cs var:Page.Title ?></h1><span class="tb-hint"><?cs
  var:_("As of") ?> <?cs var:Sync.AsOf ?>, <a class="tb-in" href="<?cs var:Sync.Href ?>"><?cs
  var:_("reload") ?></a></span></div></div>
<div class="tb-buttons"><?cs call:actions(Sync.Actions) ?></div>
</div>
<?cs call:flashes() ?>
<?cs call:notices(Sync.Notices) ?>
<?cs each:r = Sync.Live ?><?cs call:run_card(r) ?><?cs /each ?>
<?cs call:runs_card(Runs) ?>
<?cs call:quarantine_card(Quarantine) ?>
</main>
<?cs include!"parts/foot.cs" ?>
