/** Words that generated release names are made of: lower case, no hyphens. */

/** First words. */
export const ADJECTIVES: readonly string[] = (
  "able active agile airy amber ample ancient aqua arctic ardent artful autumn awake azure balmy bashful beaming bold " +
  "bonny brave breezy brief bright brisk broad bronze bubbly busy calm candid careful caring cheerful chilly civil clean " +
  "clear clever cloudy coastal cool copper coral cosmic cosy crafty crimson crisp curious curly dainty dapper daring " +
  "dashing dawn deep deft dewy diligent distant dotted dreamy dusky eager early earnest eastern easy elastic elegant " +
  "emerald epic even exact faded fair faithful famous fancy fast feathered festive fiery fine firm fluent fluffy fond " +
  "frank free fresh friendly frosty frugal full funny gallant gentle gifted giddy gilded glad gleaming glossy golden " +
  "graceful grand grassy grateful green handy happy hardy hasty hazel hearty hidden hilly honest hopeful humble hushed " +
  "icy ideal indigo inland inner ivory jaunty jolly jovial joyful keen kind large lasting late leafy learned light " +
  "lilac limber lively lofty lone long loud loyal lucid lucky lunar lush magic major mellow merry mighty mild mindful " +
  "minty misty modest mossy musical mute narrow neat nifty nimble noble northern novel oaken olive opal open orange " +
  "orderly outer pale patient peaceful pearly peppy placid plain playful pleasant plucky plum plush polar polite prime " +
  "proper proud prudent quaint quick quiet radiant rainy rapid rare ready real regal restful robust rosy round royal " +
  "ruby ruddy rugged rural rustic sandy scarlet secret sedate serene shady sharp shiny shy silent silken silver simple " +
  "sincere sleek slender slim slow small smart smiling smooth snappy snowy snug social soft solar solid sonic southern " +
  "sparkling speedy spicy spotted sprightly spry stable starry steady stellar still stormy stout striped strong sturdy " +
  "subtle sunny super sure sweet swift tall tame tangy tawny teal tender thankful thrifty tidal tidy timely tiny " +
  "topaz tranquil trim true trusty twilight upbeat urban useful valiant vast velvet verdant vernal vibrant violet vivid " +
  "wandering warm wavy western whimsical white whole wild willing windy winged winter wise witty wooden woolly worthy " +
  "young zany zealous zesty"
).split(" ");

/** Second words. */
export const ANIMALS: readonly string[] = (
  "adder albatross alligator alpaca anchovy ant anteater antelope armadillo auk avocet axolotl badger barbel barnacle " +
  "bass bat bear beaver bee beetle bison bittern blackbird boar bobcat bonobo bream buffalo bulldog bullfinch " +
  "bumblebee bunting bustard butterfly buzzard camel canary capybara caracal cardinal caribou carp cat caterpillar " +
  "centipede chaffinch chameleon cheetah chickadee chicken chinchilla chipmunk cicada civet clam cobra cockatoo cod " +
  "condor coot coral cormorant cougar coyote crab crane crayfish cricket crocodile crow cuckoo curlew cuttlefish deer " +
  "dingo dipper dogfish dolphin donkey dormouse dotterel dove dragonfly duck dunlin eagle echidna eel egret eider eland " +
  "elephant elk emu ermine falcon ferret finch firefly flamingo flounder fox frog gannet gazelle gecko gerbil gibbon " +
  "giraffe gnu goat godwit goldfinch goldfish goose gopher goshawk grasshopper grayling grebe grouse guanaco gull guppy " +
  "haddock halibut hamster hare harrier hawk hedgehog hen heron herring hoopoe hornbill horse hound hummingbird husky " +
  "hyrax ibex ibis iguana impala jackal jackdaw jaguar jay jellyfish kangaroo kestrel kingfisher kite kiwi koala " +
  "kookaburra krill kudu ladybird lamb lamprey lapwing lark lemming lemur leopard limpet linnet lion lizard llama " +
  "lobster loris lynx macaw mackerel magpie mallard manatee manta marlin marmot marten martin meerkat merlin mink " +
  "minnow mole mongoose moorhen moose moth mouse mule mullet mussel narwhal newt nightingale nuthatch ocelot octopus " +
  "okapi opossum orca oriole oryx osprey ostrich otter owl oyster panda pangolin panther parrot partridge peacock " +
  "pelican penguin perch petrel pheasant pigeon pike pintail pipit plaice platypus plover pony porcupine porpoise " +
  "possum puffin puma quail quetzal rabbit raccoon raven ray redstart reindeer robin rook salamander salmon sandpiper " +
  "sardine scallop seahorse seal shark sheep shrew shrimp skate skink skua skylark sloth snail snipe sparrow spoonbill " +
  "squid squirrel starfish starling stingray stoat stork sturgeon swallow swan swift tapir tarsier tern terrapin thrush " +
  "tiger toad tortoise toucan trout tuna turbot turkey turtle unicorn viper vole wallaby walrus warbler weasel whale " +
  "wheatear whelk whippet wolf wolverine wombat woodcock woodpecker wren yak zebra"
).split(" ");
