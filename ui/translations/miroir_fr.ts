<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en">
<context>
    <name>miroir::ui::AdminClient</name>
    <message>
        <source>The server answered with status %1.</source>
        <translation>Le serveur a répondu avec le statut %1.</translation>
    </message>
    <message>
        <source>no answer within %1 s</source>
        <translation>pas de réponse en %1 s</translation>
    </message>
    <message>
        <source>the admin key was refused</source>
        <translation>la clé d’administration a été refusée</translation>
    </message>
    <message>
        <source>this is no Miroir server</source>
        <translation>ce n’est pas un serveur Miroir</translation>
    </message>
    <message>
        <source>the server fell silent</source>
        <translation>le serveur s’est tu</translation>
    </message>
</context>
<context>
    <name>miroir::ui::ClusterPane</name>
    <message>
        <source>Ring</source>
        <translation>Anneau</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tableau</translation>
    </message>
    <message>
        <source>Documents of</source>
        <translation>Documents de</translation>
    </message>
    <message>
        <source>Index whose documents are counted</source>
        <translation>Index dont les documents sont comptés</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Nœuds</translation>
    </message>
    <message>
        <source>Shards</source>
        <translation>Fragments</translation>
    </message>
    <message>
        <source>all indexes</source>
        <translation>tous les index</translation>
    </message>
</context>
<context>
    <name>miroir::ui::ConnectDialog</name>
    <message>
        <source>Remember this connection</source>
        <translation>Retenir cette connexion</translation>
    </message>
    <message>
        <source>Production: draw a frame around the window</source>
        <translation>Production : encadrer la fenêtre</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Se connecter</translation>
    </message>
    <message>
        <source>Connect to a Miroir</source>
        <translation>Se connecter à un Miroir</translation>
    </message>
    <message>
        <source>&amp;Address</source>
        <translation>&amp;Adresse</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Afficher</translation>
    </message>
    <message>
        <source>Show the key</source>
        <translation>Afficher la clé</translation>
    </message>
    <message>
        <source>Admin &amp;key</source>
        <translation>&amp;Clé d’administration</translation>
    </message>
    <message>
        <source>As the address</source>
        <translation>Comme l’adresse</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Nom</translation>
    </message>
    <message>
        <source>Address and key are kept in a file that only you can read.</source>
        <translation>L’adresse et la clé sont gardées dans un fichier que vous seul pouvez lire.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>The key is sent to %1 only.</source>
        <translation>La clé n’est envoyée qu’à %1.</translation>
    </message>
</context>
<context>
    <name>miroir::ui::EmptyState</name>
    <message>
        <source>Copy the command</source>
        <translation>Copier la commande</translation>
    </message>
</context>
<context>
    <name>miroir::ui::FacetPanel</name>
    <message>
        <source>No facets: an index shows them for its filterable attributes.</source>
        <translation>Pas de facettes : un index en montre pour ses attributs filtrables.</translation>
    </message>
    <message>
        <source>Facets</source>
        <translation>Facettes</translation>
    </message>
</context>
<context>
    <name>miroir::ui::FacetRow</name>
    <message>
        <source>%1: %2, %3 documents</source>
        <translation>%1 : %2, %3 documents</translation>
    </message>
</context>
<context>
    <name>miroir::ui::GuidePane</name>
    <message>
        <source>Close the guide</source>
        <translation>Fermer le guide</translation>
    </message>
</context>
<context>
    <name>miroir::ui::IndexModel</name>
    <message>
        <source>Index</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Primary key</source>
        <translation>Clé primaire</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Modifié</translation>
    </message>
</context>
<context>
    <name>miroir::ui::IndexesPane</name>
    <message>
        <source>Indexes</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Search in it</source>
        <translation>Y chercher</translation>
    </message>
    <message>
        <source>Show in the ring</source>
        <translation>Voir dans l’anneau</translation>
    </message>
    <message>
        <source>No index yet</source>
        <translation>Pas encore d’index</translation>
    </message>
    <message>
        <source>An index appears when the first documents arrive. Send some from a terminal:</source>
        <translation>Un index apparaît avec ses premiers documents. Envoyez-en depuis un terminal :</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source>The settings cannot be read: %1</source>
        <translation>Les réglages ne peuvent pas être lus : %1</translation>
    </message>
    <message>
        <source>Settings of the index as JSON</source>
        <translation>Réglages de l’index en JSON</translation>
    </message>
    <message>
        <source>no primary key yet</source>
        <translation>pas encore de clé primaire</translation>
    </message>
    <message>
        <source>primary key %1</source>
        <translation>clé primaire %1</translation>
    </message>
    <message>
        <source>changed %1</source>
        <translation>modifié %1</translation>
    </message>
    <message>
        <source>taking in documents</source>
        <translation>reçoit des documents</translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::Inspector</name>
    <message>
        <source>Search in it</source>
        <translation>Y chercher</translation>
    </message>
    <message>
        <source>Show in the ring</source>
        <translation>Voir dans l’anneau</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspecteur</translation>
    </message>
    <message>
        <source>Close the inspector</source>
        <translation>Fermer l’inspecteur</translation>
    </message>
    <message>
        <source>Document as JSON</source>
        <translation>Document en JSON</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Document</translation>
    </message>
    <message>
        <source>As the search answered it</source>
        <translation>Tel que la recherche l’a donné</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Grappe</translation>
    </message>
    <message>
        <source>Select a node, a shard, an index or a task to see more of it.</source>
        <translation>Choisissez un nœud, un fragment, un index ou une tâche pour en voir davantage.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Nœuds</translation>
    </message>
    <message>
        <source>Shards</source>
        <translation>Fragments</translation>
    </message>
    <message numerus="yes">
        <source>%1 × %Ln replica(s)</source>
        <translation>
            <numerusform>%1 × %Ln copie</numerusform>
            <numerusform>%1 × %Ln copies</numerusform>
        </translation>
    </message>
    <message>
        <source>Map epoch</source>
        <translation>Époque de la carte</translation>
    </message>
    <message>
        <source>Indexes</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Tasks waiting</source>
        <translation>Tâches en attente</translation>
    </message>
    <message>
        <source>Tasks failed</source>
        <translation>Tâches échouées</translation>
    </message>
    <message>
        <source>%1 for %2</source>
        <translation>%1 depuis %2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 sur %2</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Retard</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latence</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Poids</translation>
    </message>
    <message>
        <source>Shard %1</source>
        <translation>Fragment %1</translation>
    </message>
    <message>
        <source>Of index</source>
        <translation>De l’index</translation>
    </message>
    <message>
        <source>all indexes</source>
        <translation>tous les index</translation>
    </message>
    <message>
        <source>Replicas</source>
        <translation>Copies</translation>
    </message>
    <message>
        <source>On nodes</source>
        <translation>Sur les nœuds</translation>
    </message>
    <message>
        <source>Index, taking in documents</source>
        <translation>Index, reçoit des documents</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Primary key</source>
        <translation>Clé primaire</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>pas encore connue</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Créé</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Modifié</translation>
    </message>
    <message>
        <source>Task %1</source>
        <translation>Tâche %1</translation>
    </message>
    <message>
        <source>Enqueued</source>
        <translation>En file</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Terminée</translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s) to apply</source>
        <translation>
            <numerusform>%Ln opération à appliquer</numerusform>
            <numerusform>%Ln opérations à appliquer</numerusform>
        </translation>
    </message>
    <message>
        <source>Spread over</source>
        <translation>Réparti sur</translation>
    </message>
    <message>
        <source>Copies of each</source>
        <translation>Copies de chacun</translation>
    </message>
    <message numerus="yes">
        <source>%Ln shard(s)</source>
        <translation>
            <numerusform>%Ln fragment</numerusform>
            <numerusform>%Ln fragments</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 on %Ln node(s)</source>
        <translation>
            <numerusform>%1 sur %Ln nœud</numerusform>
            <numerusform>%1 sur %Ln nœuds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::MainWindow</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Fichier</translation>
    </message>
    <message>
        <source>Try &amp;locally</source>
        <translation>Essayer &amp;localement</translation>
    </message>
    <message>
        <source>&amp;Connect…</source>
        <translation>Se &amp;connecter…</translation>
    </message>
    <message>
        <source>&amp;Disconnect</source>
        <translation>Se &amp;déconnecter</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Quitter</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Affichage</translation>
    </message>
    <message>
        <source>&amp;Cluster</source>
        <translation>&amp;Grappe</translation>
    </message>
    <message>
        <source>&amp;Indexes</source>
        <translation>&amp;Index</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>&amp;Recherche</translation>
    </message>
    <message>
        <source>&amp;Tasks</source>
        <translation>&amp;Tâches</translation>
    </message>
    <message>
        <source>Change between &amp;ring and table</source>
        <translation>Alterner &amp;anneau et tableau</translation>
    </message>
    <message>
        <source>&amp;Find documents</source>
        <translation>Chercher des &amp;documents</translation>
    </message>
    <message>
        <source>I&amp;nspector</source>
        <translation>I&amp;nspecteur</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>A&amp;pparence</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>Comme le &amp;système</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Clair</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Sombre</translation>
    </message>
    <message>
        <source>&amp;High contrast</source>
        <translation>Contraste é&amp;levé</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>Ai&amp;de</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>&amp;Guide</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Touches</translation>
    </message>
    <message>
        <source>&amp;About Miroir</source>
        <translation>À &amp;propos de Miroir</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Touches</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Action</translation>
    </message>
    <message>
        <source>In the ring: next and previous</source>
        <translation>Dans l’anneau : suivant et précédent</translation>
    </message>
    <message>
        <source>Right, Left</source>
        <translation>Droite, Gauche</translation>
    </message>
    <message>
        <source>In the ring: from nodes to shards and back</source>
        <translation>Dans l’anneau : des nœuds aux fragments et retour</translation>
    </message>
    <message>
        <source>Up, Down</source>
        <translation>Haut, Bas</translation>
    </message>
    <message>
        <source>In the ring: first and last</source>
        <translation>Dans l’anneau : premier et dernier</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Début, Fin</translation>
    </message>
    <message>
        <source>In the ring: select</source>
        <translation>Dans l’anneau : choisir</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Entrée</translation>
    </message>
    <message>
        <source>In the ring: clear the selection</source>
        <translation>Dans l’anneau : vider le choix</translation>
    </message>
    <message>
        <source>Escape</source>
        <translation>Échap</translation>
    </message>
    <message>
        <source>About Miroir</source>
        <translation>À propos de Miroir</translation>
    </message>
    <message>
        <source>Miroir %1</source>
        <translation>Miroir %1</translation>
    </message>
    <message>
        <source>Stripes an index over several Meilisearch nodes with replicas and merges searches exactly. Free software under the GNU General Public License, version 3 or later.</source>
        <translation>Répartit un index sur plusieurs nœuds Meilisearch avec des copies et fusionne les recherches exactement. Logiciel libre sous licence publique générale GNU, version 3 ou ultérieure.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Change the connection</source>
        <translation>Modifier la connexion</translation>
    </message>
    <message>
        <source>Back to the start</source>
        <translation>Retour au début</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Grappe</translation>
    </message>
    <message>
        <source>Indexes</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Recherche</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>Tâches</translation>
    </message>
    <message>
        <source>Check the address and the admin key.</source>
        <translation>Vérifiez l’adresse et la clé d’administration.</translation>
    </message>
    <message>
        <source>Is the server running, and is the address right? It is tried again by itself.</source>
        <translation>Le serveur tourne-t-il, et l’adresse est-elle juste ? Un nouvel essai suit de lui-même.</translation>
    </message>
    <message>
        <source>Waiting for the first answer.</source>
        <translation>En attente de la première réponse.</translation>
    </message>
    <message>
        <source>Local cluster</source>
        <translation>Grappe locale</translation>
    </message>
    <message>
        <source>Connect to another…</source>
        <translation>Se connecter ailleurs…</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Se déconnecter</translation>
    </message>
    <message>
        <source>The connections could not be saved: %1</source>
        <translation>Les connexions n’ont pas pu être enregistrées : %1</translation>
    </message>
    <message>
        <source>Starting the local cluster</source>
        <translation>Démarrage de la grappe locale</translation>
    </message>
</context>
<context>
    <name>miroir::ui::NodeModel</name>
    <message>
        <source>Node</source>
        <translation>Nœud</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Shards</source>
        <translation>Fragments</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Retard</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latence</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message numerus="yes">
        <source>%Ln shard(s)</source>
        <translation>
            <numerusform>%Ln fragment</numerusform>
            <numerusform>%Ln fragments</numerusform>
        </translation>
    </message>
    <message>
        <source>zone %1</source>
        <translation>zone %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s) behind</source>
        <translation>
            <numerusform>%Ln opération de retard</numerusform>
            <numerusform>%Ln opérations de retard</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::ProfileStore</name>
    <message>
        <source>Type the address of a Miroir server.</source>
        <translation>Saisissez l’adresse d’un serveur Miroir.</translation>
    </message>
    <message>
        <source>This is no address: it needs a host, such as localhost:7700.</source>
        <translation>Ce n’est pas une adresse : il faut un hôte, par exemple localhost:7700.</translation>
    </message>
    <message>
        <source>Only http and https are spoken here.</source>
        <translation>Seuls http et https sont possibles.</translation>
    </message>
    <message>
        <source>Leave names and passwords out of the address; the key has its own field.</source>
        <translation>Pas de nom ni de mot de passe dans l’adresse ; la clé a son propre champ.</translation>
    </message>
    <message>
        <source>The address ends at the port or a path; leave out what follows ? or #.</source>
        <translation>L’adresse finit au port ou à un chemin ; omettez ce qui suit ? ou #.</translation>
    </message>
</context>
<context>
    <name>miroir::ui::RailButton</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n en cours</numerusform>
            <numerusform>%n en cours</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::RingLegend</name>
    <message>
        <source>Legend: shards are filled when all replicas serve, striped when some do, crossed when none does; the area of a node is what it holds, the ring around it its share of all shards.</source>
        <translation>Légende : un fragment est plein quand toutes ses copies servent, rayé quand certaines servent, croisé quand aucune ne sert ; la surface d’un nœud montre ce qu’il contient, l’anneau autour sa part des fragments.</translation>
    </message>
    <message>
        <source>disc: what a node holds</source>
        <translation>disque : contenu d’un nœud</translation>
    </message>
    <message>
        <source>ring: its share of shards</source>
        <translation>anneau : sa part des fragments</translation>
    </message>
</context>
<context>
    <name>miroir::ui::RingScene</name>
    <message numerus="yes">
        <source>%Ln shard(s)</source>
        <translation>
            <numerusform>%Ln fragment</numerusform>
            <numerusform>%Ln fragments</numerusform>
        </translation>
    </message>
    <message>
        <source>Shard %1</source>
        <translation>Fragment %1</translation>
    </message>
    <message>
        <source>documents</source>
        <translation>documents</translation>
    </message>
    <message>
        <source>documents in %1</source>
        <translation>documents dans %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::RingView</name>
    <message>
        <source>Ring of nodes and shards</source>
        <translation>Anneau des nœuds et des fragments</translation>
    </message>
    <message>
        <source>Left and right walk round, up and down change between nodes and shards, Enter selects.</source>
        <translation>Gauche et droite parcourent le cercle, haut et bas passent des nœuds aux fragments, Entrée choisit.</translation>
    </message>
</context>
<context>
    <name>miroir::ui::SearchPane</name>
    <message>
        <source>Nothing to search yet</source>
        <translation>Encore rien à chercher</translation>
    </message>
    <message>
        <source>Add documents to an index first; the Indexes pane shows how.</source>
        <translation>Ajoutez d’abord des documents à un index ; le volet Index montre comment.</translation>
    </message>
    <message>
        <source>Search words</source>
        <translation>Mots cherchés</translation>
    </message>
    <message>
        <source>Type to search</source>
        <translation>Saisissez pour chercher</translation>
    </message>
    <message>
        <source>Index to search</source>
        <translation>Index où chercher</translation>
    </message>
    <message>
        <source>Documents found</source>
        <translation>Documents trouvés</translation>
    </message>
    <message>
        <source>No documents</source>
        <translation>Aucun document</translation>
    </message>
    <message>
        <source>Nothing found for “%1”</source>
        <translation>Rien trouvé pour « %1 »</translation>
    </message>
    <message>
        <source>Try fewer or other words.</source>
        <translation>Essayez moins de mots, ou d’autres.</translation>
    </message>
    <message>
        <source>Try fewer words, or take a filter away.</source>
        <translation>Essayez moins de mots, ou retirez un filtre.</translation>
    </message>
    <message>
        <source>%1 in %2 ms</source>
        <translation>%1 en %2 ms</translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
    <message>
        <source>Takes this filter away</source>
        <translation>Retire ce filtre</translation>
    </message>
</context>
<context>
    <name>miroir::ui::Session</name>
    <message>
        <source>Not connected</source>
        <translation>Pas de connexion</translation>
    </message>
    <message>
        <source>Connecting to %1</source>
        <translation>Connexion à %1</translation>
    </message>
    <message>
        <source>Connection lost: %1</source>
        <translation>Connexion perdue : %1</translation>
    </message>
    <message>
        <source>Cannot connect to %1: %2</source>
        <translation>Connexion à %1 impossible : %2</translation>
    </message>
    <message>
        <source>Healthy: %1, %2 shards × %3 replicas</source>
        <translation>En bonne santé : %1, %2 fragments × %3 copies</translation>
    </message>
    <message numerus="yes">
        <source>%Ln node(s)</source>
        <translation>
            <numerusform>%Ln nœud</numerusform>
            <numerusform>%Ln nœuds</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Degraded: %1; every shard still has a replica</source>
        <translation>Dégradé : %1 ; chaque fragment a encore une copie</translation>
    </message>
    <message>
        <source>Unavailable: %1; some shards have no replica</source>
        <translation>Indisponible : %1 ; des fragments n’ont plus de copie</translation>
    </message>
</context>
<context>
    <name>miroir::ui::ShardModel</name>
    <message>
        <source>Shard</source>
        <translation>Fragment</translation>
    </message>
    <message>
        <source>Cover</source>
        <translation>Couverture</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Nœuds</translation>
    </message>
    <message>
        <source>shard %1</source>
        <translation>fragment %1</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>sur %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>miroir::ui::StartPage</name>
    <message>
        <source>Miroir</source>
        <translation>Miroir</translation>
    </message>
    <message>
        <source>One index over several Meilisearch nodes, with replicas and exact results.</source>
        <translation>Un index sur plusieurs nœuds Meilisearch, avec des copies et des résultats exacts.</translation>
    </message>
    <message>
        <source>Try locally</source>
        <translation>Essayer localement</translation>
    </message>
    <message>
        <source>Starts three nodes with two replicas on this computer. Nothing to set up; it stops with the window.</source>
        <translation>Démarre trois nœuds avec deux copies sur cet ordinateur. Rien à régler ; tout s’arrête avec la fenêtre.</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Se connecter</translation>
    </message>
    <message>
        <source>To a Miroir that runs already: its address and the admin key.</source>
        <translation>À un Miroir qui tourne déjà : son adresse et la clé d’administration.</translation>
    </message>
    <message>
        <source>Read the guide</source>
        <translation>Lire le guide</translation>
    </message>
    <message>
        <source>What the window shows, how the ring is read, and every key of the keyboard.</source>
        <translation>Ce que montre la fenêtre, comment lire l’anneau, et toutes les touches.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Saved connections</source>
        <translation>Connexions enregistrées</translation>
    </message>
    <message>
        <source>Forget “%1”</source>
        <translation>Oublier « %1 »</translation>
    </message>
</context>
<context>
    <name>miroir::ui::StatusStrip</name>
    <message>
        <source>Try now</source>
        <translation>Essayer maintenant</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Connexion</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Connexions</translation>
    </message>
    <message>
        <source>next try in %1 s</source>
        <translation>nouvel essai dans %1 s</translation>
    </message>
    <message>
        <source>trying</source>
        <translation>essai en cours</translation>
    </message>
    <message>
        <source>live</source>
        <translation>en direct</translation>
    </message>
    <message>
        <source>each second</source>
        <translation>chaque seconde</translation>
    </message>
    <message>
        <source>Events do not pass; the state is asked for each second.</source>
        <translation>Les événements ne passent pas ; l’état est demandé chaque seconde.</translation>
    </message>
</context>
<context>
    <name>miroir::ui::TaskModel</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Tâche</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Quoi</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Depuis</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Waits for</source>
        <translation>Attend</translation>
    </message>
</context>
<context>
    <name>miroir::ui::TasksPane</name>
    <message>
        <source>Tasks</source>
        <translation>Tâches</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Toutes</translation>
    </message>
    <message>
        <source>Waiting and running</source>
        <translation>En attente et en cours</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Terminées</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échouées</translation>
    </message>
    <message>
        <source>No tasks here</source>
        <translation>Aucune tâche ici</translation>
    </message>
    <message>
        <source>Each write to the cluster becomes a task: documents added, settings changed. It ends when every live replica has applied it.</source>
        <translation>Chaque écriture devient une tâche : documents ajoutés, réglages modifiés. Elle finit quand chaque copie vivante l’a appliquée.</translation>
    </message>
    <message>
        <source>%1 waiting, %2 running, %3 done, %4 failed</source>
        <translation>%1 en attente, %2 en cours, %3 terminées, %4 échouées</translation>
    </message>
</context>
<context>
    <name>miroir::ui::Words</name>
    <message>
        <source>serving</source>
        <translation>sert</translation>
    </message>
    <message>
        <source>catching up</source>
        <translation>rattrape</translation>
    </message>
    <message>
        <source>copying</source>
        <translation>copie</translation>
    </message>
    <message>
        <source>draining</source>
        <translation>se vide</translation>
    </message>
    <message>
        <source>spare</source>
        <translation>en réserve</translation>
    </message>
    <message>
        <source>down</source>
        <translation>hors service</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>refusé</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <source>all replicas</source>
        <translation>toutes les copies</translation>
    </message>
    <message>
        <source>fewer replicas</source>
        <translation>moins de copies</translation>
    </message>
    <message>
        <source>no replica</source>
        <translation>aucune copie</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>en attente</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en cours</translation>
    </message>
    <message>
        <source>done</source>
        <translation>terminée</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>échouée</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>annulée</translation>
    </message>
    <message>
        <source>Add or update documents</source>
        <translation>Ajouter ou modifier des documents</translation>
    </message>
    <message>
        <source>Delete documents</source>
        <translation>Supprimer des documents</translation>
    </message>
    <message>
        <source>Edit documents</source>
        <translation>Éditer des documents</translation>
    </message>
    <message>
        <source>Create index</source>
        <translation>Créer un index</translation>
    </message>
    <message>
        <source>Change index</source>
        <translation>Modifier un index</translation>
    </message>
    <message>
        <source>Delete index</source>
        <translation>Supprimer un index</translation>
    </message>
    <message>
        <source>Swap indexes</source>
        <translation>Échanger des index</translation>
    </message>
    <message>
        <source>Change settings</source>
        <translation>Modifier les réglages</translation>
    </message>
    <message>
        <source>Cancel tasks</source>
        <translation>Annuler des tâches</translation>
    </message>
    <message>
        <source>Delete tasks</source>
        <translation>Supprimer des tâches</translation>
    </message>
    <message>
        <source>Create dump</source>
        <translation>Créer une sauvegarde</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s)</source>
        <translation>
            <numerusform>%Ln opération</numerusform>
            <numerusform>%Ln opérations</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n jour</numerusform>
            <numerusform>%n jours</numerusform>
        </translation>
    </message>
    <message>
        <source>&lt; 0.1 ms</source>
        <translation>&lt; 0,1 ms</translation>
    </message>
</context>
<context>
    <name>miroir::ui::ZoneItem</name>
    <message>
        <source>zone %1</source>
        <translation>zone %1</translation>
    </message>
</context>
</TS>
