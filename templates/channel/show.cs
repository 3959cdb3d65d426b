<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/channel.cs" ?>
<?cs include!"parts/outage.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<?cs call:strip(Record.Strip) ?>
<div class="tb-two">
<div class="tb-stack">
<?cs call:check_card(Check) ?>
<?cs call:entities_card(Entities) ?>
<?cs call:outages_card(Outages) ?>
</div>
<div class="tb-stack"><?cs call:parts(Record.Parts) ?></div>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
