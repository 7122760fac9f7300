"""Who may see and do what in the admin: one row a page or button, one column a role.

A new page, button or list action needs a row here, or `test_role_table.py` fails and names it. How
a row is asked for (which case, what is typed) stands in `role_requests.py`.

R reviewer, A approver, S supervisor, Q quality, E catalogue editor, U auditor, X administrator,
N a member of staff without a role. Customers and people who are not signed in get nothing at all,
so they have no column.

    o  sees the page
    >  is sent on to another page
    +  does it: something is stored
    =  gets an answer, and nothing is stored: told why not, or a page that only shows
    x  is refused (403)
    -  finds nothing there (404)
"""

from collections.abc import Mapping

STAFF = (
    "reviewer",
    "approver",
    "supervisor",
    "quality",
    "editor",
    "auditor",
    "administrator",
    "none",
)
STRANGERS = ("customer", "visitor")

PAGES = """
                                            R A S Q E U X N
admin:index                                 o o o o o o o o
admin:search                                o o o o o o o o
admin:login                                 > > > > > > > >
admin:password_change                       o o o o o o o o
admin:password_change_done                  o o o o o o o o
admin:jsi18n                                o o o o o o o o
admin:autocomplete                          x x x x x x x x
admin:view_on_site                          - - - - - - - -
admin:app_list appeals                      o o o - o o o -
admin:app_list notifications                - - o - - o o -
admin:app_list portal                       - - o - - o o -
admin/(?P<url>.*)$                          - - - - - - - -

desk:case                                   o o o x x o o x
desk:case restricted                        - - - x x - - x
desk:case restricted, cleared               o o o x x o o x
desk:history                                o o o x x o o x
desk:history restricted                     - - - x x - - x
desk:history restricted, cleared            o o o x x o o x
desk:preview                                o o o x x o o x
desk:preview restricted                     - - - x x - - x
desk:suggest                                o o o x x o o x
desk:suggest restricted                     - - - x x - - x
desk:ask                                    o o o x x > o x
desk:next                                   o o o x x o o x
desk:order                                  o o o x x o o x
desk:agreement                              x x o x x o o x
desk:views                                  o o o x x o o x
desk:looking_again                          o o o x x o o x
desk:restores                               o o o x x o o x
desk:posted                                 o o o x x o o x
desk:requests                               o o o x x o o x
desk:request                                o o o x x o o x
desk:request restricted                     - - - x x - - x
desk:request restricted, cleared            o o o x x o o x
desk:notice_calendar                        x x o x x o o x
desk:fairness                               x x o x x o o x
desk:fairness_pdf                           x x o x x o o x
desk:fairness_csv                           x x o x x o o x
desk:overturned                             x x o x x o o x
desk:overturned_week                        x x o x x o o x
desk:overturned_csv                         x x o x x o o x
desk:alarms                                 x x o x x o o x
desk:alarm                                  x x o x x o o x
desk:incidents                              x x o x x o o x
desk:new_incident                           x x o x x x o x
desk:incident                               x x o x x o o x
desk:bulk                                   x x > x x x > x
desk:step                                   - - o x x o o x
desk:quality                                x x o o x o o x
desk:quality_read                           x x o o x o o x
desk:quality_read restricted                x x - - x - - x
desk:quality_read restricted, cleared       x x o o x o o x

desk:catalogue                              x x o x o o o x
desk:reason                                 x x o x o o o x
desk:reason_history                         x x o x o o o x
desk:catalogue_papers                       x x o x o o o x
desk:paper                                  x x o x o o o x
desk:paper_new                              x x x x o x o x
desk:catalogue_changes                      x x o x o o o x
desk:catalogue_change                       x x o x o o o x
desk:catalogue_editions                     x x o x o o o x
desk:catalogue_edition                      x x o x o o o x

admin:appeals_routingrule_try               - - o - - o o -
admin:notifications_health                  x x o x x o o x
admin:notifications_campaign_progress       x x o x x o o x
admin:notifications_suppression_lift        x x o x x x o x
admin:notifications_notification_resend     x x o x x x o x
admin:notifications_letterbatch_pdf         x x > x x x > x
admin:notifications_letterbatch_csv         x x > x x x > x
admin:notifications_localmessage_html       x x x x x x o x
"""

BUTTONS = """
                                            R A S Q E U X N
admin:logout                                = = = = = = = =

desk:next                                   + + + x x = + x
desk:claim                                  + + + x x = + x
desk:claim restricted                       - - - x x - - x
desk:claim restricted, cleared              + + + x x = + x
desk:release                                + + + x x = + x
desk:release a colleague's                  = = + x x = + x
desk:reassign                               = = + x x = + x
desk:pass_on                                + + + x x = + x
desk:recuse                                 + + + x x = + x
desk:renew                                  + + + x x = + x
desk:looking                                = = = x x = = x
desk:find                                   = = = x x = = x
desk:case save                              + + + x x = + x
desk:case decide                            + + + x x = + x
desk:preview                                = = = x x = = x
desk:mark                                   + + + x x = + x
desk:unmark                                 + + + x x = + x
desk:ask                                    + + + x x = + x
desk:note                                   + + + x x = + x
desk:note restricted                        - - - x x - - x
desk:note restricted, cleared               + + + x x = + x
desk:clock                                  + + + x x = + x
desk:care                                   + + + x x = + x
desk:move                                   = = + x x = + x
desk:approve                                = + + x x = + x
desk:send_back                              = + + x x = + x
desk:looked_again                           + + + x x = + x
desk:answer_restore                         + + + x x = + x
desk:posted                                 + + + x x = + x
desk:take_request                           + + + x x = + x
desk:take_request restricted                - - - x x - - x
desk:take_request restricted, cleared       + + + x x = + x
desk:put_back_request                       + + + x x = + x
desk:put_back_request a colleague's         = = + x x = + x
desk:answer_request                         + + + x x = + x
desk:answer_request a colleague's           = = = x x = = x
desk:request_to_appeal                      + + + x x = + x

desk:views                                  + + + x x = + x
desk:view                                   + + + x x = + x
desk:view delete                            + + + x x = + x
desk:view a colleague's                     - - + x x - + x
desk:export                                 x x + x x x + x
desk:fairness_counts                        x x + x x = + x
desk:bulk assign                            x x + x x x + x
desk:bulk release                           x x + x x x + x
desk:bulk duplicate                         x x + x x x + x
desk:bulk outcome                           x x + x x x + x
desk:undo                                   x x + x x x + x

desk:alarm_act acknowledge                  x x + x x x + x
desk:alarm_act dismiss                      x x + x x x + x
desk:new_incident                           x x + x x x + x
desk:incident_act propose                   x x + x x x + x
desk:incident_act approve                   x x + x x x + x
desk:incident_act close                     x x + x x x + x

desk:quality_next                           x x x + x x + x
desk:quality_read                           x x x + x x + x
desk:quality_put_back                       x x x + x x + x
desk:quality_note                           x x x + x x + x

desk:reason                                 x x = x + = + x
desk:paper                                  x x = x + = + x
desk:paper_new                              x x x x + x + x
desk:catalogue_act ask                      x x = x + = + x
desk:catalogue_act take-up                  x x = x + = + x
desk:catalogue_act withdraw                 x x + x + = + x
desk:catalogue_act withdraw a colleague's   x x + x = = + x
desk:catalogue_act send-back                x x + x + = + x
desk:catalogue_act publish                  x x + x + = + x
desk:catalogue_back                         x x = x + = + x

admin:appeals_routingrule_try               - - = - - - = -
admin:notifications_campaign_act start      x x + x x x + x
admin:notifications_campaign_act go-on      x x + x x x + x
admin:notifications_campaign_act pause      x x + x x x + x
admin:notifications_campaign_act resume     x x + x x x + x
admin:notifications_campaign_act stop       x x + x x x + x
admin:notifications_suppression_lift        x x + x x x + x
admin:notifications_notification_resend     x x + x x x + x
admin:notifications_letterbatch_export      x x = x x x = x
admin:notifications_letterbatch_posted      x x + x x x + x
admin:notifications_letterbatch_spoiled     x x + x x x + x
"""

# Rows kept in lists. v sees the list, a row and its history; a adds; c changes; d deletes.
MODELS = """
                                 R    A    S    Q    E    U    X    N
appeals.appeal                   v    v    v    .    .    v    v    .
appeals.linedecision             .    .    v    .    .    v    v    .
appeals.creditline               .    .    v    .    .    v    v    .
appeals.notice                   .    .    v    .    .    v    v    .
appeals.noticehold               .    .    v    .    .    v    v    .
appeals.noticeclock              .    .    v    .    .    v    v    .
appeals.noticedocument           .    .    v    .    .    v    v    .
appeals.duedocument              .    .    v    .    .    v    v    .
appeals.feedrun                  .    .    v    .    .    v    v    .
appeals.rejectedline             .    .    vd   .    .    v    vd   .
appeals.lineinstruction          .    .    v    .    .    v    v    .
appeals.bulkstep                 .    .    v    .    .    v    v    .
appeals.exportrecord             .    .    v    .    .    v    v    .
appeals.routingrule              .    .    vac  .    .    v    vac  .
appeals.restoresetting           .    .    vac  .    .    v    vac  .
appeals.reviewqueue              .    .    vc   .    .    v    vc   .
appeals.reviewerprofile          .    .    vac  .    .    v    vac  .
appeals.ruleowner                .    .    vacd .    .    v    vacd .
appeals.conflictofinterest       .    .    vac  .    .    v    vac  .
appeals.legalhold                .    .    vac  .    .    v    vac  .
appeals.calendarday              .    .    vac  .    vac  v    vac  .
appeals.policypage               .    .    vac  .    vac  v    vac  .
appeals.replytext                .    .    vac  .    vac  v    vac  .
appeals.servicetoken             .    .    .    .    .    v    va   .
portal.customer                  .    .    v    .    .    v    vc   .
portal.staffmember               .    .    .    .    .    v    vac  .
notifications.notification       .    .    v    .    .    v    v    .
notifications.delivery           .    .    v    .    .    v    v    .
notifications.receipt            .    .    v    .    .    v    v    .
notifications.campaign           .    .    va   .    .    v    va   .
notifications.suppression        .    .    va   .    .    v    va   .
notifications.pushsubscription   .    .    .    .    .    v    v    .
notifications.letterbatch        .    .    v    .    .    v    v    .
notifications.localmessage       .    .    .    .    .    .    v    .
"""

# What is done from a list to the rows ticked there.
ACTIONS = """
                                                R A S Q E U X N
appeals.noticehold try_again                    x x + x x = + x
appeals.duedocument try_again                   x x + x x = + x
appeals.lineinstruction send_again              x x + x x = + x
appeals.rejectedline delete_selected            x x + x x = + x
appeals.ruleowner delete_selected               x x + x x = + x
appeals.servicetoken revoke                     x x x x x = + x
portal.staffmember make_link                    x x x x x = = x
portal.staffmember remove_second_factor         x x x x x = + x
"""


def read(table: str) -> Mapping[str, Mapping[str, str]]:
    """The rows of a table, each with what every role gets; the last words of a line are cells."""
    rows: dict[str, Mapping[str, str]] = {}
    for line in table.strip().splitlines()[1:]:
        words = line.split()
        if words:
            name, cells = " ".join(words[: -len(STAFF)]), words[-len(STAFF) :]
            assert name not in rows, f"{name} stands twice in the table"
            rows[name] = dict(zip(STAFF, cells, strict=True))
    return rows
