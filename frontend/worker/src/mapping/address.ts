/** Where a point is, in words, from what the phone carries: “同安新村 3 栋东侧”, and whose grid. */
import { distance } from "../store/place";
import type { Spot } from "../today/item";
import { cornersOf, inside, middleOf, type House, type Scene } from "./scene";

const BESIDE = 60; // metres from a building that still names the place

export interface Where {
  /** 同安新村 3 栋东侧; empty where nothing stands near. */
  address: string;
  /** The grid around it; null outside one's own. */
  grid: string | null;
}

/** Say where a point is. */
export function whereIs(point: Spot, scene: Scene): Where {
  const grid = [...scene.areas].reverse().find((area) => inside(point, area)) ?? null;
  return { address: addressOf(point, scene), grid: grid?.name ?? null };
}

function addressOf(point: Spot, scene: Scene): string {
  const within = scene.buildings.find((house) => inside(point, house));
  if (within) return named(within);
  const nearest = scene.buildings
    .map((house) => ({ house, metres: away(point, house) }))
    .sort((one, other) => one.metres - other.metres)[0];
  if (nearest && nearest.metres <= BESIDE) return `${named(nearest.house)}${side(point, nearest.house)}`;
  return scene.estates.find((estate) => inside(point, estate))?.name ?? "";
}

function named(house: House): string {
  return house.estate ? `${house.estate} ${house.name}` : house.address || house.name;
}

/** Return the metres to a building's nearest corner, or to its point when it has no outline. */
function away(point: Spot, house: House): number {
  const corners = [...cornersOf([house]), ...(house.point ? [house.point] : [])];
  return Math.min(...corners.map((corner) => distance(point, corner)), Number.POSITIVE_INFINITY);
}

/** Say on which side of a building a point lies, in eight directions. */
function side(point: Spot, house: House): string {
  const middle = middleOf(house) ?? house.point;
  if (!middle) return "旁";
  const east = (point.lon - middle.lon) * Math.cos((middle.lat * Math.PI) / 180);
  const turn = Math.round(Math.atan2(point.lat - middle.lat, east) / (Math.PI / 4));
  return `${["东", "东北", "北", "西北", "西", "西南", "南", "东南"][(turn + 8) % 8]}侧`;
}
