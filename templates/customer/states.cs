<?cs # The part of an address's form that depends on its country, alone. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/address.cs" ?>
<?cs call:state_field(Form) ?>
