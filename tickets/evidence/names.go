package evidence

// people are first and last names that are common in the Netherlands, in Flanders
// and in English. A word among them leaves no hash, so nothing is ever learned from
// it (ruling 34); folded as tokens are.
var people = set(`
aad abdel abdul abigail achmed ad adam adriaan adrie aisha alain albert alex alexander alice ali alice amber amelia amina amir amy an andre andrea andrew angela anita
anja ank anke ann anna anne annelies annemarie annemiek annet annick annie anouk anthony anton antonia arend arie arjan arjen arno arnold arthur astrid ashley aukje axel ayse
babette barbara bart bas bastiaan beatrix ben benjamin berend bernard bert berta betty bianca bob boris bram brandon brecht brenda brian britt bruno caroline carl carla carlo carmen
carolien casper catherine cees cem charles charlotte chantal chris christa christel christiaan christian christina christine christophe cindy claire claudia colin coen cor corinne cornelis corrie
daan dana daniel danielle danny david debbie deborah dennis desiree diana dick dieter diederik dimitri dirk dominique donald donna dorien dorothy eddy edgar edith edward edwin eefje eline
elise elisabeth elizabeth elke ella ellen els elsa emily emma emre eric erica erik erwin esmee esther eva evelien eveline evert fadma fatima fatma femke ferdinand filip fleur floor
floris frank frans frederik fred freddy frits gabriel geert gerald gerard gerda gerrit gert gertjan gijs gilles giovanni godelieve greet greta griet guido gunther guy hakan hans hanna
hannah hanneke harm harold harry hassan hein heidi helen helena henk hendrik henny henri henriette herman hilde huub hugo ian ibrahim ida ilse imke ineke inge ingrid irene iris isa
isabel isabelle ivo jaap jack jacob jacobus jacqueline jacques jaimy jake james jamie jan jane janneke janet janine jannie jarno jason jasmijn jasper jean jeanine jef jeff jeffrey jelle jelmer
jennifer jenny jeroen jesse jessica jill jim joan joanna job jochem joep joeri johan johanna johannes john johnny jolanda jolien jonas jonathan joost joop joke jordy joris jos jose josef
josephine joshua joyce judith jules julia julie jurgen justin kaat karel karen karim karin karina karl katelijne kate katherine kathleen kathy katja katrien katrijn kees keith kelly ken kenneth kenny
kevin khadija kim klaas klara koen koenraad kris kristel kristien kristof kurt kyle lana lara larry lars laura laurens lea leen lena lennart leo leon lex lia lies liesbeth lieve
lieven lina linda lisa lize lizzy loes lotte louis louise luc lucas lucia lucy luuk lydia maaike maarten maartje machteld madelon maria marc marcel margaret margriet maria marianne marie marieke marielle
marijke marijn marina mario marion marit marja marjan marjolein marjon mark marleen marlies martijn martin martina martine marthe mary mathias mathieu matthew matthias mathijs maurice maurits max megan mehmet melanie melissa
melvin menno merel michael michel michelle michiel mieke mien miet milan mila mireille miriam mitchell mohamed mohammed monica monique mustafa myriam nadia nadine nancy naomi natalie natasja nathalie nathan nele nicky nico
nicolas nicole niek niels nienke nina noah noor nora olga olivia olivier omar oscar otto pamela pascal patricia patrick patrik paul paula pauline peggy peter petra philip pien pier pierre piet pieter
pim priscilla quinten rachel rachid ralf ramon raymond rebecca regina reinier reinout remco rene renate renee ria rianne ricardo richard rick rik rita rob robbert robert robin roel roelof rogier roger roland
rolf romy ron ronald ronny roos ros rosa rose roxanne roy ruben rudi rudolf rudy ruth ruud ryan sabine sabrina said sam samantha samir sander sandra sanne sara sarah saskia scott sebastiaan
serge sergio shirley siebe silvia simon simone sjaak sjoerd sofia sofie sonja sophie stan stefan stefanie stephanie stephen steve steven stijn stien susan susanne suzanne sven sylvia sylvie tamara tanja tara ted teun
theo therese thea thijs thom thomas tim timo tina tineke tjeerd tom ton toon trudy truus tuur ursula valerie vanessa veerle vera veronique vicky victor vincent walter wanda ward warre wendy werner wesley
wiebe wietske wilhelm wilfried wim willem willeke willy wilma wouter xander yannick yasin yasmine yolanda youssef yusuf yvette yvonne zoe
aerts bakker bakx baker beek beekman berendsen berg bergman bergh blom boer boersma bogaert bogaerts boogaard bos bosch bosman bosmans bouwman brand brouwer brouwers brown bruin bruijn buijs campbell carter claes clark claessens claus
clarke coenen cohen cools cooper cox cornelissen cuypers daems davies davis declercq decoster degroote dejong dekker deprez desmet devos dewit dewitte dijk dijkstra driessen dubois dupont edwards elsen engelen evans evers fransen geerts gerritsen goossens
goethals graaf green groen groot haan hall harris heijden heijnen hendriks hendrikx hermans heuvel hill hoekstra hofman hofmans hoogeveen horst houben huisman huygens jacobs jackson jansen janssen janssens jansens johnson jones jong jonge jongen joosten kaya khan
king kok koster koning kramer kuiper kuipers kuijpers lambrechts lambert laan lee leeuw leeuwen lemmens lenaerts lewis linden lievens loon maas maes mahieu martens meijer meyer mertens michiels mitchell molenaar moons moore morris mulder mulders nguyen nijs
nys oosterhout ozturk patel parker pauwels peeters peters petersen phillips pieters poel postma post prins raes roberts robinson roelofs rooij sanders schepers scholten schouten segers servaes simons singh smet smets smeets smit smith smits sterk stevens
stroobants swinnen tas taylor thijs thijssen thomas thompson timmerman timmermans turner vandamme vandenberghe veen veenstra veer verbeek verbeeck verbruggen verhaegen verhaeghe verhoeven verheyen verheijen vermeer vermeulen verschueren verstraete visser vliet vos vries wagenaar walker watson
wauters white wijk willems williams willemsen wilson wit wolf wood wouters wright wuyts yilmaz young zwart
`)
