/* See words.h. */
#include "words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct rs_name rs_first_names[] = {
    {"Maren", "maren"},
    {"Tobias", "tobias"},
    {"Željko", "zeljko"},
    {"Agnieszka", "agnieszka"},
    {"Søren", "soren"},
    {"Inès", "ines"},
    {"Jürgen", "juergen"},
    {"Çağla", "cagla"},
    {"Håkon", "hakon"},
    {"Ольга", "olga"},
    {"Дмитрий", "dmitrij"},
    {"Світлана", "svitlana"},
    {"陽子", "yoko"},
    {"健太", "kenta"},
    {"Ελένη", "eleni"},
    {"Νίκος", "nikos"},
    {"Siobhán", "siobhan"},
    {"D'Arcy", "darcy"},
    {"Mary Ann", "mary.ann"},
    {"José Luis", "jose.luis"},
    {"Bo", "bo"},
    {"Anne-Sophie", "anne-sophie"},
    {"Liam", "liam"},
    {"Grace", "grace"},
    {"Wojciech", "wojciech"},
    {"Zoë", "zoe"},
    {"Ümit", "umit"},
    {"Nguyệt", "nguyet"},
    {"Amélie", "amelie"},
    {"Þóra", "thora"},
    {"Łucja", "lucja"},
    {"Omar", "omar"},
    {"Priya", "priya"},
    {"Mateus", "mateus"},
    {"Ingrid", "ingrid"},
    {"Kwame", "kwame"},
};
const size_t rs_first_names_n = COUNT(rs_first_names);

const struct rs_name rs_last_names[] = {
    {"Brandt", "brandt"},
    {"O'Halloran", "ohalloran"},
    {"Wiśniewska", "wisniewska"},
    {"García Ruiz", "garcia-ruiz"},
    {"Müller-Lüdenscheidt", "mueller"},
    {"Ångström", "angstrom"},
    {"Kowalczyk", "kowalczyk"},
    {"Смирнова", "smirnova"},
    {"Кузнецов", "kuznetsov"},
    {"Шевченко", "shevchenko"},
    {"高橋", "takahashi"},
    {"鈴木", "suzuki"},
    {"Παπαδοπούλου", "papadopoulou"},
    {"Δημητρίου", "dimitriou"},
    {"van den Heuvel", "vandenheuvel"},
    {"Smith & Daughters", "smith"},
    {"D’Amico", "damico"},
    {"Ó Briain", "obriain"},
    {"Dvořáková", "dvorakova"},
    {"Yılmaz", "yilmaz"},
    {"Trần", "tran"},
    {"Hansson", "hansson"},
    {"Nkemelu", "nkemelu"},
    {"Lefèvre", "lefevre"},
    {"Björnsdóttir", "bjornsdottir"},
    {"Taylor", "taylor"},
    {"Oyelaran", "oyelaran"},
    {"Iyer", "iyer"},
    {"Conceição", "conceicao"},
    {"McAllister", "mcallister"},
    {"Jäger <Verwaltung>", "jaeger"},
    {"Petrov", "petrov"},
    {"Sørensen", "sorensen"},
};
const size_t rs_last_names_n = COUNT(rs_last_names);

const struct rs_place rs_places_west[] = {
    {"Portland", "US", "Oregon", 49, "97205", "+1 503 555"},
    {"Austin", "US", "Texas", 57, "73301", "+1 512 555"},
    {"San José", "US", "California", 12, "95112", "(408) 555"},
    {"Boise", "US", "Idaho", 22, "83702", "208-555"},
    {"Albany", "US", "New York", 43, "12207", "+1 518 555"},
    {"Montréal", "CA", "Quebec", 76, "H2X 1Y4", "+1 514 555"},
    {"Halifax", "CA", "Nova Scotia", 71, "B3H 4R2", "+1 902 555"},
    {"Mérida", "MX", "Yucatán", 0, "97000", "+52 999 555"},
    {"神戸市", "JP", "兵庫県", 0, "650-0001", "+81 78 555"},
    {"Hong Kong", "HK", NULL, 0, "", "+852 555"},
};
const size_t rs_places_west_n = COUNT(rs_places_west);

const struct rs_place rs_places_east[] = {
    {"Köln", "DE", "Nordrhein-Westfalen", 88, "50667", "+49 221 555"},
    {"Görlitz", "DE", "Sachsen", 91, "02826", "+49 3581 555"},
    {"Wien", "AT", "Wien", 95, "1070", "+43 1 555"},
    {"Αθήνα", "GR", NULL, 0, "105 57", "+30 21 0555"},
    {"Gdańsk", "PL", "pomorskie", 0, "80-001", "+48 58 555"},
    {"Aarhus", "DK", NULL, 0, "8000", "+45 55"},
    {"Cádiz", "ES", "Cadiz", 142, "11001", "+34 956 555"},
    {"Saint-Étienne", "FR", "Loire", 224, "42000", "+33 4 55"},
    {"Львів", "UA", "Львівська область", 0, "79000", "+380 32 555"},
    {"Reykjavík", "IS", NULL, 0, "101", "+354 555"},
    {"Dublin", "IE", "Co. Dublin", 0, NULL, "+353 1 555"},
};
const size_t rs_places_east_n = COUNT(rs_places_east);

const char *const rs_streets[] = {
    "%d Mill Lane",
    "%d Birch & Cedar Road",
    "Lindenstraße %d",
    "%d rue de l’Abbaye\nBâtiment C, 3e étage",
    "ул. Садовая, %d",
    "%d O'Connell Quay",
    "坂町%d番地",
    "Οδός Ελιάς %d",
    "c/o Fox\nUnit %d \"North\"",
    "%d Larkspur Court\nApt. 9\nBack door",
};
const size_t rs_streets_n = COUNT(rs_streets);

const char *const rs_companies[] = {
    "Northwind Paper & Co.", "Harbour Lights Ltd", "Grüne Wiese GmbH",   "有限会社みなと",
    "ООО «Берёза»",          "Atelier L'Été",      "\"Quote\" Holdings", "Sjöberg AB",
};
const size_t rs_companies_n = COUNT(rs_companies);

const char *const rs_comments[] = {
    "Please ring twice.",
    "Called the customer, <b>waiting</b> for an answer &amp; a cheque",
    "Отправлено раньше срока — спасибо!",
    "Leave it with the neighbour\nat number 12.\n\nThank you <3",
    "ctrl \x0b tab \t end",
    "Gift wrap, please ????",
    "<p>Address checked: <a href=\"https://shop.example/\">note</a></p>",
    "お急ぎ便でお願いします",
};
const size_t rs_comments_n = COUNT(rs_comments);

const char *const rs_gift_messages[] = {
    "Happy <anniversary> & \"all the best\" ????",
    "С днём рождения!",
    "Enjoy.\nYour aunt",
};
const size_t rs_gift_messages_n = COUNT(rs_gift_messages);

const char *const rs_domains[] = {
    "example.com", "example.org", "example.net", "mail.example", "post.example",
};
const size_t rs_domains_n = COUNT(rs_domains);
