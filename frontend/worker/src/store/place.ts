/** Where the phone is: watched only while a page uses it. */
import { onScopeDispose, ref, type Ref } from "vue";
import { t } from "../words";

/** WGS-84 degrees; accuracy in metres. */
export interface Position {
  lon: number;
  lat: number;
  accuracy: number;
  at: Date;
}

const position: Ref<Position | null> = ref(null);
const failing = ref("");
let users = 0;
let watch: number | null = null;

/** Watch where the phone is, until the component that asked goes. */
export function usePlace(): { position: Readonly<Ref<Position | null>>; failing: Readonly<Ref<string>> } {
  users += 1;
  if (users === 1) start();
  onScopeDispose(() => {
    users -= 1;
    if (users === 0) stop();
  });
  return { position, failing };
}

function start(): void {
  if (!("geolocation" in navigator)) {
    failing.value = t("这部手机不能定位。可以在地图上点出位置");
    return;
  }
  watch = navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 });
}

function stop(): void {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
  // An old place is no place: whoever comes next begins anew.
  position.value = null;
  failing.value = "";
}

function take(found: GeolocationPosition): void {
  const { longitude, latitude, accuracy } = found.coords;
  position.value = { lon: longitude, lat: latitude, accuracy, at: new Date(found.timestamp) };
  failing.value = "";
}

function fail(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) failing.value = t("没有允许定位。到手机设置里打开，或在地图上点出位置");
  else if (!position.value) failing.value = t("还没有定到位。走到开阔处，或在地图上点出位置");
}

const EARTH = 6_371_008.8;

/** Return the metres between two points. */
export function distance(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const high = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2;
  const wide = Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(high + wide)));
}
