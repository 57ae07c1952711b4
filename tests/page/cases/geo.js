import { coordinatesOf, geoLink, placeIn } from "../../../static/js/lib/geo.js";
import { glance } from "../../../static/js/lib/glance.js";
import { spansOf } from "../../../static/js/lib/marks.js";
import { equal } from "../equal.js";

export const cases = {
  "a place is read as the standard writes it, and as people type it"() {
    equal(placeIn("geo:35.7,51.42;u=20"), { lat: 35.7, lon: 51.42, within: 20 });
    equal(placeIn(" GEO:-33.9,-151,12.5;crs=WGS84;U=7.5;name=x\n"), { lat: -33.9, lon: -151, within: 7.5 });
    equal(placeIn("geo:۳۵٫۷۱،۵۱٫۴"), { lat: 35.71, lon: 51.4, within: null });
    equal(placeIn("geo:٣٥.٧,51"), { lat: 35.7, lon: 51, within: null });
  },
  "what is none is a text"() {
    for (const wrong of ["geo:91,0", "geo:0,180.1", "geo:35.7", "geo:35.7,51.42 here", "geo:a,b", "geo:1,2;crs=moon", "geo:1,2;;", "geo:1e3,2", "geo: 1,2", "", `geo:1,2${";a=b".repeat(60)}`])
      equal([wrong, placeIn(wrong)], [wrong, null]);
    for (const wrong of ["far", "1e400", "1e99", "-1", "NaN", "Infinity"]) equal([wrong, placeIn(`geo:1,2;u=${wrong}`)?.within], [wrong, null]);
  },
  "it is written to the metre"() {
    equal(geoLink({ lat: 35.123456789, lon: -0.000001, within: 19.2 }), "geo:35.12346,0;u=20");
    equal(coordinatesOf({ lat: -90, lon: 180, within: null }), "-90,180");
    equal(geoLink({ lat: 1, lon: 2, within: null }), "geo:1,2");
  },
  "in a line it is a link, in a preview a sign and where"() {
    equal(spansOf("come to geo:35.7,51.42;u=9.").flatMap(({ kind, text, href }) => (kind === "link" ? [[text, href]] : [])), [["geo:35.7,51.42;u=9", "geo:35.7,51.42;u=9"]]);
    equal(spansOf("geo:99,0 and xgeo:1,2").filter(({ kind }) => kind === "link"), []);
    equal(glance("geo:35.7,51.42"), "📍 35.7, 51.42");
  },
};
