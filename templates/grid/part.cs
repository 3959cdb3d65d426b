<?cs # The fragment of a list: what a request with HX-Request gets. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"grid/body.cs" ?>
