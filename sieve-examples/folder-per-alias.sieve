# For whoever has many aliases and wants a folder for each, made when the first
# mail comes.
require ["vnd.nameplate.alias", "variables", "fileinto", "mailbox"];

if alias :matches "*" {
    fileinto :create "Aliases/${alias.folder}";
}
