// who: faults. What goes wrong with a store or here: the message, nothing half-written, the rest
// goes on, the next run heals. (Being written, in faults_{connection,answers,local}.test.mjs.)
