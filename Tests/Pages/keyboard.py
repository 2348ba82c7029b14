"""From log-in to the receipt by keyboard alone, in four loads of a page; and the same form sent twice."""
import concurrent.futures
import json
import re
import time

import office

PHRASE = 'four small maples in the rain'


def take_payment(checks, site):
    """The cashier takes ¥100.00 for a unit that owes, without a pointer."""
    from selenium.webdriver.common.keys import Keys
    unit = site.rows("SELECT unit.code FROM notice JOIN unit ON unit.id = notice.unit WHERE stage IS NOT NULL "
                     "ORDER BY unit.code LIMIT 1")[0][0]
    taken = len(site.rows('SELECT id FROM payment'))
    browser = office.browser()
    try:
        set_password(browser, site, 'cashier')
        if not log_in(checks, browser, site):
            return
        if not walk(browser, lambda: active(browser, 'id') == 'find'):
            checks.expect(False, 'the search is reached by Tab')
            return
        browser.switch_to.active_element.send_keys(unit, Keys.ENTER)
        if not arrive(checks, browser, lambda path: path.startswith('/units/'), f'a search for {unit}'):
            return
        if not walk(browser, lambda: (active(browser, 'href') or '').endswith('/payment')):
            checks.expect(False, 'the payment page is reached by Tab')
            return
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        arrive(checks, browser, lambda path: path.endswith('/payment'), 'the payment page')
        focus(checks, browser, lambda field: field.get_attribute('id') == 'amount', 'payment: the amount has the focus')
        browser.switch_to.active_element.send_keys('100.00', Keys.ENTER)
        arrive(checks, browser, lambda path: path.startswith('/receipts/'), 'the receipt')
        focus(checks, browser, lambda button: button.text.startswith('打印'), 'receipt: printing has the focus')
        loads = documents(browser)
        checks.expect(len(loads) <= 4, f'log-in to receipt takes {len(loads)} loads: {loads}')
        checks.expect(len(site.rows('SELECT id FROM payment')) == taken + 1, 'one payment is in the books')
    finally:
        browser.quit()
    send_at_once(checks, site, f'/units/{unit}/payment', {'amount': '12.34', 'method': 'cash', 'date': office.TODAY},
                 'SELECT count(*) FROM payment')


def log_in(checks, browser, site):
    """By keyboard alone."""
    from selenium.webdriver.common.keys import Keys
    browser.get(site.address + '/log-in')
    browser.get_log('performance')
    if not focus(checks, browser, lambda field: field.get_attribute('id') == 'name', 'log-in: the name has the focus'):
        return False
    browser.switch_to.active_element.send_keys(office.NAMES['cashier'], Keys.TAB)
    browser.switch_to.active_element.send_keys(PHRASE)
    if not checks.expect(active(browser, 'value') == PHRASE, 'log-in: the password is typed by keyboard'):
        return False
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    return arrive(checks, browser, lambda path: path != '/log-in', 'log-in by keyboard')


def send_at_once(checks, site, path, fields, counted, times=50):
    """One form posted many times at once: one effect, and every answer leads to the same page."""
    _, _, body = site.get(path, 'cashier')
    form = dict(fields)
    for name in ('csrf', 'form'):
        form[name] = re.search(rf'name="{name}" value="([^"]*)"', body.decode().partition('<main')[2]).group(1)
    before = site.rows(counted)[0][0]
    with concurrent.futures.ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(lambda _: site.post(path, form, 'cashier'), range(times)))
    led = {headers['Location'] for status, headers, _ in answers if status == 303}
    odd = sorted({status for status, _, _ in answers} - {303, 409})
    checks.expect(site.rows(counted)[0][0] == before + 1, f'{path} posted {times} times has one effect')
    checks.expect(len(led) == 1 and not odd, f'{path} posted {times} times leads to {led}, also {odd}')


def set_password(browser, site, role):
    said = site.run('user', 'invite', office.NAMES[role], '--address', site.address, '--by', office.NAMES['manager'])
    browser.get(re.search(r'http\S+', said).group(0))
    fields = browser.find_elements('css selector', 'main input[type=password]')
    for field in fields:
        field.send_keys(PHRASE)
    begun = browser.current_url
    fields[0].submit()
    for _ in range(3000):
        if browser.current_url != begun:
            break
        time.sleep(0.1)
    browser.delete_all_cookies()
    # A new password ends the sessions that there were.
    site.let_in(role)


def active(browser, name):
    return browser.switch_to.active_element.get_attribute(name)


def walk(browser, is_there, most=90):
    """Presses Tab until it is there."""
    from selenium.webdriver.common.keys import Keys
    for _ in range(most):
        if is_there():
            return True
        browser.switch_to.active_element.send_keys(Keys.TAB)
    return is_there()


def arrive(checks, browser, is_right, what):
    """Waits for the page that comes next."""
    if reaches(browser, is_right):
        return checks.expect(True, what)
    return checks.expect(False, f'{what}: came to {browser.current_url}')


def reaches(browser, is_right):
    for _ in range(3000):
        path = re.sub(r'^https?://[^/]+', '', browser.current_url).split('?')[0]
        if is_right(path) and browser.execute_script('return document.readyState') == 'complete':
            return True
        time.sleep(0.1)
    return False


def focus(checks, browser, is_right, what):
    """Waits for what a page focuses by itself: browsers do so when they first draw it, which may be after it is
    loaded. Keys that are sent before go to the page, and are lost."""
    for _ in range(3000):
        if is_right(browser.switch_to.active_element):
            return checks.expect(True, what)
        time.sleep(0.1)
    return checks.expect(False, f'{what}: {browser.switch_to.active_element.get_attribute("outerHTML")[:100]}')


def documents(browser):
    """The pages that were asked for, redirections left out."""
    loads = []
    for entry in browser.get_log('performance'):
        message = json.loads(entry['message'])['message']
        if message['method'] == 'Network.requestWillBeSent' and message['params'].get('type') == 'Document':
            if 'redirectResponse' not in message['params']:
                loads.append(message['params']['request']['url'])
    return loads
