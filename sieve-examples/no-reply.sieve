# For the owner of noreply@: what people send there nevertheless goes nowhere,
# but a bounce (it has no sender) stays, to see which addresses are gone.
require ["vnd.nameplate.alias", "envelope", "fileinto", "mailbox"];

if alias :is "noreply@company.com" {
    if envelope :is "from" "" {
        fileinto :create "Bounces";
    } else {
        discard;
    }
}
