"""Python's own jars, for `npm run formats`.

jars.py read FILE PROXY URL ...         loads a cookies.txt, and asks for each URL
jars.py write FOLDER PROXY URL          asks for the URL, and saves the cookies in every way that Python has
"""
import http.cookiejar
import pickle
import sys
import urllib.request


def opener(jar, proxy):
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy}),
        urllib.request.HTTPCookieProcessor(jar),
    )


def read(file, proxy, *urls):
    jar = http.cookiejar.MozillaCookieJar(file)
    jar.load(ignore_discard=True, ignore_expires=True)
    # As docs/14-formats.md says: the expiry 0 is not 1970.
    for cookie in jar:
        cookie.expires = cookie.expires or None
    for url in urls:
        opener(jar, proxy).open(url).read()


def write(folder, proxy, url):
    jar = http.cookiejar.CookieJar()
    opener(jar, proxy).open(url).read()
    for name, kind in (("netscape", http.cookiejar.MozillaCookieJar), ("lwp", http.cookiejar.LWPCookieJar)):
        saved = kind(f"{folder}/{name}.txt")
        for cookie in jar:
            saved.set_cookie(cookie)
        saved.save(ignore_discard=True, ignore_expires=True)
    import requests.cookies

    theirs = requests.cookies.RequestsCookieJar()
    theirs.update(jar)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with open(f"{folder}/jar-{protocol}.pickle", "wb") as file:
            pickle.dump(theirs, file, protocol)
        with open(f"{folder}/dict-{protocol}.pickle", "wb") as file:
            pickle.dump(theirs.get_dict(), file, protocol)


{"read": read, "write": write}[sys.argv[1]](*sys.argv[2:])
