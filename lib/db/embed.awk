# Turns the numbered migration files into tb_migrations[] (lib/db/internal.h).
function escape(s) {
    gsub(/\\/, "\\\\", s)
    gsub(/"/, "\\\"", s)
    return s
}
BEGIN {
    print "#include \"db/internal.h\"\n"
    print "const struct tb_migration tb_migrations[] = {"
}
FNR == 1 {
    if (NR > 1) {
        print "    },"
    }
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.sql$/, "", name)
    printf "    {\n        %d, \"%s\",\n", substr(name, 1, 3) + 0, name
}
{ printf "        \"%s\\n\"\n", escape($0) }
END {
    if (NR > 0) {
        print "    },"
    }
    print "    {0, NULL, NULL},\n};"
}
