"""How a session ends, whoever ends it: its grants end, and the clients that want to hear of it are told."""

from tokensmith.server.domain.ids import SessionId, UserId, random_id
from tokensmith.server.domain.logout_notices import LogoutNotice
from tokensmith.server.domain.unit_of_work import UnitOfWork


async def end_session(uow: UnitOfWork, session_id: SessionId, user_id: UserId) -> bool:
    """End a session and every grant that was not to outlive it; False where it had ended before."""
    if not await uow.sessions.end(session_id):
        return False
    now_ms = await uow.now_ms()
    for client in await uow.logout_notices.listening(session_id):
        await uow.logout_notices.add(
            LogoutNotice(
                id=random_id(),
                client_id=client.id,
                user_id=user_id,
                session_id=session_id,
                attempts=0,
                due_at_ms=now_ms,
                error=None,
            )
        )
    await uow.grants.end_of_session(session_id)
    return True


async def end_everything_of(uow: UnitOfWork, user_id: UserId) -> None:
    """End every session of a person, at every browser, and every grant, those that outlive sessions too."""
    for session_id in await uow.sessions.running_of(user_id):
        await end_session(uow, session_id, user_id)
    await uow.grants.end_of_user(user_id)
