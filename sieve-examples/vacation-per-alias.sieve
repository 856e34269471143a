# For one who is away as himself, but not as sales@: each gets the answer of the
# address that was written to, from that address.
require ["vnd.nameplate.alias", "variables", "vacation"];

if alias :is "sales@company.com" {
    vacation :days 1 :handle "sales" :from "${alias.address}"
        :addresses "${alias.address}" :subject "Sales are here for you"
        "We have got your message and answer within a day.";
} else {
    vacation :days 7 :handle "me"
        "I am away until Monday.";
}
