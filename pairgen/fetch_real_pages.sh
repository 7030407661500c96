#!/bin/sh
# Fetch the packages whose HTML conf/pairgen/real.yaml makes pairs of, and unpack them; nothing is installed.
# Needs a Debian with package lists (apt-get update) and npm. Usage: sh pairgen/fetch_real_pages.sh FOLDER
set -eu

folder=${1:?usage: fetch_real_pages.sh FOLDER}
mkdir -p "$folder/packages" "$folder/deb" "$folder/npm"
cd "$folder/packages"

apt-get download apache2-doc git-doc libfontconfig-doc libxslt1-dev postgresql-doc-15 python3.11-doc sqlite3-doc
for package in *.deb; do
    dpkg -x "$package" ../deb
done

fetch_npm() {
    archive=$(npm pack --silent "$1@$2")
    mkdir -p "../npm/$3"
    tar -xzf "$archive" -C "../npm/$3" --strip-components=1
}
fetch_npm @tabler/preview 1.2.0 tabler
fetch_npm gentelella 4.2.0 gentelella
fetch_npm startbootstrap-sb-admin-2 4.1.4 sb-admin
fetch_npm startbootstrap-agency 7.0.12 startbootstrap/agency
fetch_npm startbootstrap-clean-blog 6.0.9 startbootstrap/clean-blog
fetch_npm startbootstrap-freelancer 7.0.7 startbootstrap/freelancer
fetch_npm startbootstrap-grayscale 7.0.6 startbootstrap/grayscale
fetch_npm startbootstrap-modern-business 5.0.7 startbootstrap/modern-business
fetch_npm startbootstrap-resume 7.0.6 startbootstrap/resume
