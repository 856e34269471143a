# For whoever writes tags into his own address: bob+jira@ goes to Tags/jira, and
# sales+jira@, a tag of an alias, to Tags/sales/jira.
require ["vnd.nameplate.alias", "variables", "subaddress", "fileinto",
         "mailbox"];

if string :is "${alias.kind}" "tag" {
    if alias :user "bob" {
        fileinto :create "Tags/${alias.folder}";
    } elsif alias :detail :matches "*.*" {
        # A dot may be the separator of folders.
        fileinto :create "Tags/${alias.folder}";
    } else {
        fileinto :create "Tags/${alias.folder}/${alias.detail}";
    }
}
