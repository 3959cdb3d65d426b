<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main" id="main" tabindex="-1">
<?cs include!"grid/body.cs" ?>
</main>
<?cs include!"parts/foot.cs" ?>
