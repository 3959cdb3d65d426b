<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs include!"parts/sync.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main" id="main" tabindex="-1">
<?cs call:plain_head("", Page.Actions) ?>
<?cs call:flashes() ?>
<?cs call:quarantine_card(Quarantine) ?>
</main>
<?cs include!"parts/foot.cs" ?>
