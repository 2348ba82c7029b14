# What the households' stories say in one word; bash reads it before each of their steps.

# `office FROM TO`: what the office does on the days that matter here, both included. The month's run is on the
# 1st; on the others `dunwell daily`. Charges fall due on the 15th: the 16th is the first day overdue, the 21st
# the sixth; the 4th of the next month is the 19th or 20th, the 14th the 29th or 30th.
office() {
    local month day date
    for month in 2026-06 2026-07 2026-08 2026-09 2026-10 2026-11; do
        for day in 01 04 14 16 21; do
            date=$month-$day
            if [[ $date < $1 || $date > $2 ]]; then continue; fi
            if [ "$day" = 01 ]; then
                dunwell run "$month" --as-of "$date"
            else
                dunwell daily --as-of "$date"
            fi
        done
    done >/dev/null 2>&1
}

# `told UNIT`: the notices that the unit was given.
told() {
    dunwell notices --format csv | cut --delimiter=, --fields=1-8 | grep --extended-regexp "^notice|,$1,"
}

# `pay UNIT DATE AMOUNT`: by bank.
pay() {
    dunwell payment add reference="$1/$2" date="$2" unit="$1" amount="$3" method=bank payer= >/dev/null
}

# `owes UNIT DATE`: each open charge.
owes() { dunwell arrears --as-of "$2" --format table | grep --extended-regexp "^unit|^$1 "; }

# `books UNIT DATE`: the account's totals.
books() { dunwell accounts --as-of "$2" --format table | grep --extended-regexp "^unit|^$1 "; }
