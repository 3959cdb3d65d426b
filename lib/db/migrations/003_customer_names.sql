-- The list of customers is in the order of last names, equal ones in that of first names.

DROP INDEX customers_lastname;
CREATE INDEX customers_lastname ON customers (lastname, coalesce(firstname, ''));
