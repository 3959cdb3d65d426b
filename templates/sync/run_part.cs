<?cs # The fragment of a live run. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs call:run_card(Run) ?>
