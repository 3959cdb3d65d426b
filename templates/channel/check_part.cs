<?cs # The fragment of a running connection check. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/channel.cs" ?>
<?cs call:check_card(Check) ?>
