-- Which columns of a list a person wants to see; none for a list: as the program has them.
CREATE TABLE user_columns (
    user_id int64 NOT NULL REFERENCES users (id),
    list text NOT NULL,    -- the entity's name: "order"
    columns text NOT NULL, -- their names with blanks between
    PRIMARY KEY (user_id, list)
);
