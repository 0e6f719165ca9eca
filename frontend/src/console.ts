/** The script of the console. Every page works without it; it adds what makes a long day quick. */
import { startClocks } from "./clocks";
import { startCountdowns } from "./countdown";
import { startDialogs } from "./dialogs";
import { startForms } from "./drafts";
import { startFind } from "./find";
import { startGrids } from "./grid";
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
startCountdowns();
startDialogs();
startForms();
startFind();
startGrids();
startKeys();
startMaps();
startPhotos();
startSeat();
startLive();
