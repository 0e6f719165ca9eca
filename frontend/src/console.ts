/** The script of the console. Every page works without it; it adds what makes a long day quick. */
import { startClocks } from "./clocks";
import { startDialogs } from "./dialogs";
import { startForms } from "./drafts";
import { startHtmx } from "./htmx";
import { startKeys } from "./keys";
import { startLive } from "./live";
import { startMaps } from "./maps";
import { startPhotos } from "./photos";
import { startSeat } from "./seat";
import { startToasts } from "./toasts";

startHtmx();
startToasts();
startClocks();
startDialogs();
startForms();
startKeys();
startMaps();
startPhotos();
startSeat();
startLive();
