"""Makes of clean pages what comes back to an office: scans and phone photos of signed stubs.

Each function takes pictures as arrays of RGB bytes and a numpy Generator, and gives a picture; the
same seed gives the same picture. Lengths in millimetres where a name says so. Wants numpy and
OpenCV (apt-get install python3-opencv).
"""
import math

import cv2
import numpy as np

SHEET_MM = (210.0, 297.0)
STUB_MM = 64.0
CODE_MM = 17.0


def stub_of(page, rng):
    """The torn-off stub: the lowest 64 mm, torn a little unevenly."""
    height, width = page.shape[:2]
    scale = height / SHEET_MM[1]
    top = int(height - (STUB_MM - rng.uniform(-0.5, 1.0)) * scale)
    return page[top:].copy()


# ---- What people do to the paper

def signed(picture, scale, rng):
    """Handwriting on the lines, a tick or two, in blue or black ink."""
    height, width = picture.shape[:2]
    top = height - int(STUB_MM * scale)
    ink = [(25, 40, 140), (20, 20, 25), (40, 40, 90)][rng.integers(3)]
    for x, y in ((45, 38), (120, 45), (38, 45.5), (124, 38)):
        if rng.random() < 0.85:
            scribble(picture, (x * scale, top + y * scale), 22 * scale, 6 * scale, ink, scale, rng)
    for x in (22.5, 110.5):
        if rng.random() < 0.7:
            at = np.array([x * scale, top + 27 * scale])
            points = at + np.array([[-2, 0], [0, 2], [4, -4]]) * scale
            stroke(picture, points, ink, scale, rng)
    return picture


def scribble(picture, at, width, height, ink, scale, rng):
    count = rng.integers(8, 16)
    xs = at[0] + np.linspace(0, width, count) + rng.normal(0, width * 0.05, count)
    ys = at[1] + rng.normal(0, height * 0.35, count)
    stroke(picture, np.stack([xs, ys], axis=1), ink, scale, rng)


def stroke(picture, points, ink, scale, rng):
    thickness = max(1, int(round(rng.uniform(0.35, 0.7) * scale)))
    cv2.polylines(picture, [np.round(points).astype(np.int32)], False, ink, thickness, cv2.LINE_AA)


def struck(picture, scale, rng):
    """Pen strokes across the paper, one of them through the QR code."""
    height, width = picture.shape[:2]
    code = code_place(picture, scale)
    for index in range(3):
        ink = [(25, 40, 140), (20, 20, 25), (150, 20, 30)][rng.integers(3)]
        if index == 0:
            angle = rng.uniform(0, math.pi)
            across = np.array([math.cos(angle), math.sin(angle)]) * 16 * scale
            middle = code + rng.uniform(-5, 5, 2) * scale
            points = np.stack([middle - across, middle + rng.normal(0, scale, 2), middle + across])
        else:
            points = rng.uniform((0, height - STUB_MM * scale), (width, height), (3, 2))
        stroke(picture, points, ink, scale, rng)
    return picture


def code_place(picture, scale):
    """The middle of the stub's QR code."""
    height, width = picture.shape[:2]
    return np.array([width - (20 + CODE_MM / 2) * scale, height - (STUB_MM - 14.5) * scale])


def stamped(picture, scale, rng):
    """A round red seal that may lie over part of the QR code; ink lets black show through."""
    height, width = picture.shape[:2]
    if rng.random() < 0.6:
        angle = rng.uniform(0, 2 * math.pi)
        at = code_place(picture, scale) + 19 * scale * np.array([math.cos(angle), math.sin(angle)])
    else:
        at = rng.uniform((20 * scale, height - 50 * scale), (width - 20 * scale, height - 10 * scale))
    at = tuple(int(v) for v in at)
    layer = np.full_like(picture, 255)
    red = (215, 45, 40)
    cv2.circle(layer, at, int(19 * scale), red, int(1.1 * scale), cv2.LINE_AA)
    cv2.circle(layer, at, int(3.5 * scale), red, -1, cv2.LINE_AA)
    for step in range(12):
        angle = step * math.pi / 6
        place = (at[0] + 13 * scale * math.cos(angle), at[1] + 13 * scale * math.sin(angle))
        cv2.rectangle(layer, tuple(int(v - 2 * scale) for v in place),
                      tuple(int(v + 1.5 * scale) for v in place), red, int(0.6 * scale))
    return multiplied(picture, layer)


def stained(picture, scale, rng):
    """Coffee over a corner: brown, darker at its rim; half of them over the corner of the code."""
    height, width = picture.shape[:2]
    top = height - STUB_MM * scale
    if rng.random() < 0.5:
        corner = code_place(picture, scale) + rng.choice((-1, 1), 2) * rng.uniform(5, 9) * scale
    else:
        corner = np.array([rng.choice((0, width)), rng.choice((top, height))], dtype=float)
        corner += rng.normal(0, 4 * scale, 2)
    radius = rng.uniform(12, 26) * scale
    left, right = (int(np.clip(corner[0] + way * 1.3 * radius, 0, width)) for way in (-1, 1))
    upper, lower = (int(np.clip(corner[1] + way * 1.3 * radius, 0, height)) for way in (-1, 1))
    ys, xs = np.mgrid[upper:lower, left:right].astype(np.float32)
    angle = np.arctan2(ys - corner[1], xs - corner[0])
    wobble = 1 + 0.08 * np.sin(3 * angle + rng.uniform(0, 6)) + 0.04 * np.sin(7 * angle)
    distance = np.hypot(xs - corner[0], ys - corner[1]) / (radius * wobble)
    body = np.clip((1 - distance) * 12, 0, 1) * rng.uniform(0.25, 0.6)
    rim = np.exp(-((distance - 0.97) / 0.03) ** 2) * rng.uniform(0.2, 0.35)
    depth = np.clip(body + rim, 0, 0.85)[..., None]
    brown = np.array([110, 66, 30], dtype=np.float32)
    under = picture[upper:lower, left:right]
    picture[upper:lower, left:right] = under * (1 - depth) + under * (brown / 255) * depth
    return picture


def multiplied(picture, layer):
    return (picture.astype(np.uint16) * layer // 255).astype(np.uint8)


# ---- What the scanner does

def laid(stubs, scale, rng, ground=250, upside_down=0.3):
    """Stubs on the scanner's glass, one below the other, each a little turned."""
    width, height = int(SHEET_MM[0] * scale), int(SHEET_MM[1] * scale)
    sheet = np.full((height, width, 3), ground, np.uint8)
    room = height / max(len(stubs), 1)
    for index, stub in enumerate(stubs):
        angle = rng.uniform(-4, 4) + (180 if rng.random() < upside_down else 0)
        middle = (width / 2 + rng.uniform(-3, 3) * scale,
                  min(max(room * (index + 0.5), 33 * scale), height - 33 * scale))
        sheet = pasted(sheet, stub, middle, angle)
    return sheet


def pasted(sheet, paper, middle, angle):
    height, width = paper.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    matrix[:, 2] += np.array(middle) - (width / 2, height / 2)
    size = (sheet.shape[1], sheet.shape[0])
    turned = cv2.warpAffine(paper, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, size)[..., None]
    return np.where(mask > 127, turned, sheet)


def turned(paper, scale, angle, ground=250):
    """One paper on a ground large enough for it, at any angle."""
    height, width = paper.shape[:2]
    radians = math.radians(angle)
    size = (int(abs(width * math.cos(radians)) + abs(height * math.sin(radians)) + 10 * scale),
            int(abs(width * math.sin(radians)) + abs(height * math.cos(radians)) + 10 * scale))
    sheet = np.full((size[1], size[0], 3), ground, np.uint8)
    return pasted(sheet, paper, (size[0] / 2, size[1] / 2), angle)


def scanned(picture, from_dpi, dpi, rng):
    """The scanner's resolution, softness, contrast and grain."""
    factor = dpi / from_dpi
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.2, 0.6))
    black, white = rng.uniform(5, 60), rng.uniform(215, 255)
    levels = black + small.astype(np.float32) * (white - black) / 255
    return grained(levels, rng.uniform(1, 7), rng)


def grained(levels, sigma, rng):
    # Normal noise is slow to make: a tile of it, laid many times.
    tile = rng.normal(0, sigma, (509, 701)).astype(np.float32)
    height, width = levels.shape[:2]
    times = (height // 509 + 1, width // 701 + 1)
    levels += np.tile(tile, times)[:height, :width, None]
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


# ---- What the phone does

def photographed(paper, long_side, rng, tilt_max=30.0, any_turn=True):
    """A paper on a table as a phone sees it: a pinhole camera, tilted by up to `tilt_max` degrees."""
    height, width = paper.shape[:2]
    turn = rng.uniform(0, 2 * math.pi) if any_turn else rng.normal(0, 0.1)
    tilt, side = math.radians(rng.uniform(0, tilt_max)), rng.uniform(0, 2 * math.pi)
    axis = np.array([math.cos(side), math.sin(side), 0])
    rotation = cv2.Rodrigues(axis * tilt)[0] @ cv2.Rodrigues(np.array([0, 0, turn]))[0]
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]])
    space = (rotation @ np.column_stack([corners / 2, np.zeros(4)]).T).T
    reach = np.abs(space[:, :2]).max(axis=0)
    size = (long_side, long_side * 3 // 4)
    if (reach[0] < reach[1]) == (size[0] > size[1]):
        size = size[::-1]
    focal = 0.8 * long_side
    margin = rng.uniform(1.04, 1.25)
    distance = focal * margin * max(reach[0] / (size[0] / 2), reach[1] / (size[1] / 2))
    for _ in range(12):
        seen = focal * space[:, :2] / (space[:, 2:] + distance)
        if (np.abs(seen).max(axis=0) * 1.02 < np.array(size) / 2).all():
            break
        distance *= 1.05
    target = seen + np.array(size) / 2
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    shrink = np.hypot(*(target[1] - target[0])) / width
    if shrink < 0.8:
        paper = cv2.GaussianBlur(paper, (0, 0), 0.4 / shrink)
    seen = cv2.warpPerspective(paper, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)[..., None]
    picture = np.where(mask > 127, seen, table(size, rng))
    return lit(picture, long_side, rng)


def table(size, rng):
    """A table top: one colour, uneven, with grain."""
    colour = np.array([(120, 85, 55), (60, 60, 65), (175, 165, 150), (90, 110, 95)][rng.integers(4)])
    rough = rng.normal(0, 14, (size[1] // 40 + 1, size[0] // 4 + 1)).astype(np.float32)
    rough = cv2.resize(rough, size, interpolation=cv2.INTER_LINEAR)
    return np.clip(colour + rough[..., None], 0, 255).astype(np.uint8)


def lit(picture, long_side, rng):
    """Light that falls off, the phone's own shadow, a lens out of focus, a sensor's noise."""
    height, width = picture.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    side = rng.uniform(0, 2 * math.pi)
    slope = (xs / width - 0.5) * math.cos(side) + (ys / height - 0.5) * math.sin(side)
    light = rng.uniform(0.7, 1.0) * (1 + rng.uniform(0, 0.7) * slope)
    if rng.random() < 0.5:
        edge = (xs - rng.uniform(0.2, 0.8) * width) * math.sin(side) - (
            ys - rng.uniform(0.2, 0.8) * height) * math.cos(side)
        softness = rng.uniform(0.005, 0.06) * long_side
        light *= 1 - rng.uniform(0.2, 0.5) / (1 + np.exp(-np.clip(edge / softness, -30, 30)))
    levels = picture.astype(np.float32) * light[..., None]
    levels *= np.array([1.0, rng.uniform(0.93, 1.0), rng.uniform(0.8, 1.0)], np.float32)
    levels = cv2.GaussianBlur(levels, (0, 0), rng.uniform(0.2, 1.1) * long_side / 3000 + 0.2)
    return grained(levels, rng.uniform(1, 9), rng)
