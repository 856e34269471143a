# For whoever gives each vendor an address of its own: mail to hubspot@ that is
# not from hubspot.com says who has lost the address, and goes to Junk.
require ["vnd.nameplate.alias", "variables", "subaddress", "envelope",
         "fileinto", "mailbox"];

if alias :user ["hubspot", "acme", "contoso"] {
    # The sender's domain: hubspot.com, or a name below it.
    if not envelope :domain :matches "from"
        ["${alias.user}.com", "*.${alias.user}.com"] {
        fileinto :create "Junk";
        stop;
    }
    fileinto :create "Vendors/${alias.folder}";
}
